// A server of @grpc/grpc-js with @grpc/reflection (v1 and v1alpha). Prints its address as a JSON line, ends with stdin.
const path = require("path");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");
const { ReflectionService } = require("@grpc/reflection");

const root = path.join(__dirname, "..", "protos");
const definition = loader.loadSync("wirelens/interop/v1/interop.proto", {
  includeDirs: [root], keepCase: true, longs: String, enums: String, oneofs: true,
});
const service = grpc.loadPackageDefinition(definition).wirelens.interop.v1.Interop.service;

function echoed(metadata) {
  const trailers = new grpc.Metadata();
  for (const value of metadata.get("x-echo")) trailers.add("x-echo", value);
  return trailers;
}

const implementation = {
  Echo(call, respond) {
    call.sendMetadata(echoed(call.metadata));
    if (call.request.name === "missing") {
      respond({ code: grpc.status.NOT_FOUND, details: "no such item", metadata: echoed(call.metadata) });
    } else {
      respond(null, call.request, echoed(call.metadata));
    }
  },
  Download(call) {
    for (let id = 1; id <= call.request.count; id++) call.write({ name: `item ${id}`, id });
    call.end();
  },
  Upload(call, respond) {
    let count = 0;
    let sum = 0n;
    call.on("data", (item) => { count += 1; sum += BigInt(item.id); });
    call.on("end", () => respond(null, { count, sum: sum.toString() }));
  },
  Talk(call) {
    call.on("data", (item) => call.write(item));
    call.on("end", () => call.end());
  },
};

const server = new grpc.Server();
server.addService(service, implementation);
new ReflectionService(definition).addToServer(server);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(JSON.stringify({ address: `127.0.0.1:${port}` }));
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));

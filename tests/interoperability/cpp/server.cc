// A server of gRPC C++ with its reflection plugin (v1alpha), which lists a health service it cannot describe.
// Prints its address as a JSON line, ends with standard input.
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <iostream>
#include <memory>
#include <string>

#include "wirelens/interop/v1/interop.grpc.pb.h"

using wirelens::interop::v1::Count;
using wirelens::interop::v1::Item;
using wirelens::interop::v1::Summary;

class Service final : public wirelens::interop::v1::Interop::Service {
  grpc::Status Echo(grpc::ServerContext* context, const Item* request, Item* response) override {
    auto sent = context->client_metadata().equal_range("x-echo");
    for (auto it = sent.first; it != sent.second; ++it) {
      std::string value(it->second.data(), it->second.size());
      context->AddInitialMetadata("x-echo", value);
      context->AddTrailingMetadata("x-echo", value);
    }
    if (request->name() == "missing") return grpc::Status(grpc::StatusCode::NOT_FOUND, "no such item");
    *response = *request;
    return grpc::Status::OK;
  }
  grpc::Status Download(grpc::ServerContext*, const Count* request, grpc::ServerWriter<Item>* writer) override {
    for (int id = 1; id <= request->count(); ++id) {
      Item item;
      item.set_name("item " + std::to_string(id));
      item.set_id(id);
      if (!writer->Write(item)) break;
    }
    return grpc::Status::OK;
  }
  grpc::Status Upload(grpc::ServerContext*, grpc::ServerReader<Item>* reader, Summary* response) override {
    for (Item item; reader->Read(&item);) {
      response->set_count(response->count() + 1);
      response->set_sum(response->sum() + item.id());
    }
    return grpc::Status::OK;
  }
  grpc::Status Talk(grpc::ServerContext*, grpc::ServerReaderWriter<Item, Item>* stream) override {
    for (Item item; stream->Read(&item);) stream->Write(item);
    return grpc::Status::OK;
  }
};

int main() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  Service service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) return 1;
  std::cout << "{\"address\": \"127.0.0.1:" << port << "\"}" << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  server->Shutdown(std::chrono::system_clock::now());
}

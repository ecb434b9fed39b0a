// A server of grpc-go with its reflection package (v1alpha in Debian's version).
// Prints its address as a JSON line, ends with standard input.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"

	"wirelens/interop"
)

type service struct{}

func (service) Echo(ctx context.Context, item *interop.Item) (*interop.Item, error) {
	incoming, _ := metadata.FromIncomingContext(ctx)
	echoed := metadata.MD{"x-echo": incoming.Get("x-echo")}
	grpc.SetHeader(ctx, echoed)
	grpc.SetTrailer(ctx, echoed)
	if item.Name == "missing" {
		return nil, status.Error(codes.NotFound, "no such item")
	}
	return item, nil
}

func (service) Download(request *interop.Count, stream interop.Interop_DownloadServer) error {
	for id := int32(1); id <= request.Count; id++ {
		if err := stream.Send(&interop.Item{Name: fmt.Sprintf("item %d", id), Id: int64(id)}); err != nil {
			return err
		}
	}
	return nil
}

func (service) Upload(stream interop.Interop_UploadServer) error {
	summary := &interop.Summary{}
	for {
		item, err := stream.Recv()
		if err == io.EOF {
			return stream.SendAndClose(summary)
		}
		if err != nil {
			return err
		}
		summary.Count++
		summary.Sum += item.Id
	}
}

func (service) Talk(stream interop.Interop_TalkServer) error {
	for {
		item, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(item); err != nil {
			return err
		}
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	server := grpc.NewServer()
	interop.RegisterInteropServer(server, service{})
	reflection.Register(server)
	fmt.Printf("{\"address\": \"%s\"}\n", listener.Addr())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if err := server.Serve(listener); err != nil {
		panic(err)
	}
}

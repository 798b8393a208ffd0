package io.k3j.testkitcsi;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// gRPC's own server on a unix socket, from its making to its end; its messages are bytes. Calls come one after the
/// other. Any thread.
final class ByteServer implements AutoCloseable {
    private static final long END_SECONDS = 10;
    private final EventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Path socket;
    private final Server server;

    /// What becomes of calls.
    @FunctionalInterface
    interface Calls {
        /// @param service with its package
        /// @param to receives the answer, or why there is none, now or later
        void call(String service, String method, byte[] request, StreamObserver<byte[]> to);
    }

    /// Listens on a socket, which must not be there.
    ///
    /// @param services with their methods
    ByteServer(Path socket, Map<String, List<String>> services, Calls calls) throws IOException {
        this(socket, services, Set.of(), calls);
    }

    /// @param streams those methods that answer more than once
    ByteServer(Path socket, Map<String, List<String>> services, Set<String> streams, Calls calls)
            throws IOException {
        this.socket = socket;
        NettyServerBuilder builder = NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioServerDomainSocketChannel.class).bossEventLoopGroup(threads)
                .workerEventLoopGroup(threads).directExecutor();
        services.forEach((service, methods) -> builder.addService(service(service, methods, streams, calls)));
        server = builder.build().start();
    }

    private static ServerServiceDefinition service(String service, List<String> methods, Set<String> streams,
            Calls calls) {
        ServerServiceDefinition.Builder b = ServerServiceDefinition.builder(service);
        for (String method : methods) {
            boolean many = streams.contains(method);
            ServerCallHandler<byte[], byte[]> handler = many
                    ? ServerCalls.asyncServerStreamingCall((request, to) -> calls.call(service, method, request, to))
                    : ServerCalls.asyncUnaryCall((request, to) -> calls.call(service, method, request, to));
            b.addMethod(method(service, method, many ? MethodType.SERVER_STREAMING : MethodType.UNARY), handler);
        }
        return b.build();
    }

    /// A method whose messages are bytes.
    static MethodDescriptor<byte[], byte[]> method(String service, String method, MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder().setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, method))
                .setRequestMarshaller(new Bytes()).setResponseMarshaller(new Bytes()).build();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Waits for its end.
    void await() throws InterruptedException {
        server.awaitTermination();
    }

    /// Ends every connection, and the socket.
    @Override
    public void close() throws IOException {
        try {
            server.shutdownNow().awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(END_SECONDS,
                TimeUnit.SECONDS);
        Files.deleteIfExists(socket);
    }
}

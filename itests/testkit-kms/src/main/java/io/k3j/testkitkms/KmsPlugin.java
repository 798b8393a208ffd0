package io.k3j.testkitkms;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// A plug-in that listens from its making to its end, and may be told to be another one meanwhile. Its keys follow from
/// their ids, so that a second one decrypts what the first one has encrypted. Any thread.
public final class KmsPlugin implements AutoCloseable {
    private static final String SERVICE = "v2.KeyManagementService";
    private static final long END_SECONDS = 10;
    private final EventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    private final Path socket;
    private final Server server;
    private final Queue<KmsAnswers> once = new ConcurrentLinkedQueue<>();
    private volatile KmsAnswers answers = new KmsAnswers();

    /// Listens on a socket, which must not be there.
    public KmsPlugin(Path socket) throws IOException {
        this.socket = socket;
        ServerServiceDefinition service = ServerServiceDefinition.builder(SERVICE).addMethod(method("Status"),
                called("Status", _ -> answers.status()))
                .addMethod(method("Encrypt"), called("Encrypt", request -> answers.encrypt(request)))
                .addMethod(method("Decrypt"), called("Decrypt", this::decrypt)).build();
        server = NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioServerDomainSocketChannel.class).bossEventLoopGroup(threads)
                .workerEventLoopGroup(threads).directExecutor().addService(service).build().start();
    }

    /// For kube-apiserver to be looked at by hand: a plug-in with a key until its process ends.
    ///
    /// @param socketAndKeyId where it listens, and its key's id
    public static void main(String[] socketAndKeyId) throws IOException, InterruptedException {
        try (KmsPlugin plugin = new KmsPlugin(Path.of(socketAndKeyId[0]))) {
            plugin.answer(plugin.answers().withKeyId(socketAndKeyId[1]));
            new CountDownLatch(1).await();
        }
    }

    private static MethodDescriptor<byte[], byte[]> method(String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder().setType(MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
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

    private ServerCallHandler<byte[], byte[]> called(String name, UnaryOperator<byte[]> answer) {
        return ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> to) -> {
            calls.add(name);
            switch (answers.fault()) {
                case HANGS -> {
                    // the caller has to end it
                }
                case WAITS -> held.add(() -> answer(answer.apply(request), to));
                case REFUSES -> to.onError(Status.PERMISSION_DENIED.withDescription("token=plaintext")
                        .asRuntimeException());
                default -> answer(answer.apply(request), to);
            }
        });
    }

    private static void answer(byte[] answer, StreamObserver<byte[]> to) {
        to.onNext(answer);
        to.onCompleted();
    }

    /// Answers all calls that wait.
    public void release() {
        for (Runnable call = held.poll(); call != null; call = held.poll()) {
            call.run();
        }
    }

    /// What it answers now.
    public KmsAnswers answers() {
        return answers;
    }

    /// What it answers from now on.
    public void answer(KmsAnswers next) {
        answers = next;
    }

    /// What it decrypts as at the next call, and as before from then on.
    public void decryptOnce(KmsAnswers next) {
        once.add(next);
    }

    private byte[] decrypt(byte[] request) {
        KmsAnswers next = once.poll();
        return (next == null ? answers : next).decrypt(request);
    }

    /// The names of all calls so far.
    public List<String> calls() {
        return List.copyOf(calls);
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

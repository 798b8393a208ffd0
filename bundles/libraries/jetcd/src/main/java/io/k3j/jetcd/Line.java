package io.k3j.jetcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.impl.JetcdChannels;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A connection to one member. When it breaks it is over: another line, with certificates read again, takes its place.
final class Line implements AutoCloseable {
    /// The largest answer that is taken; a larger one fails its call.
    private static final int MAX_ANSWER_BYTES = 64 << 20;
    /// How long it is waited for the reason of a failure that is known already.
    private static final long REASON_MILLIS = 50;
    private final URI endpoint;
    private final ManagedChannel channel;

    private Line(URI endpoint, ManagedChannel channel) {
        this.endpoint = endpoint;
        this.channel = channel;
    }

    /// One that is not connected yet; `limit` is for the attempt to connect.
    static Line to(URI endpoint, @Nullable SSLContext tls, Duration limit, EventLoopGroup threads,
            UnaryOperator<ClientBuilder> more) {
        ClientBuilder options = more.apply(Client.builder().endpoints(endpoint).authority(endpoint.getAuthority())
                .loadBalancerPolicy("pick_first").connectTimeout(limit).maxInboundMessageSize(MAX_ANSWER_BYTES));
        if (tls != null) {
            options.sslContext(new JdkSslContext(tls, true, null, IdentityCipherSuiteFilter.INSTANCE,
                    new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, "h2"),
                    ClientAuth.NONE, null, false));
        }
        // callbacks on the connection's own thread, a proxy of the machine is none of etcd's
        return new Line(endpoint, JetcdChannels.of(options).disableRetry().directExecutor()
                .offloadExecutor(work -> Thread.ofVirtual().name("etcd-resolve").start(work)).proxyDetector(_ -> null)
                .eventLoopGroup(threads).channelType(NioSocketChannel.class).build());
    }

    /// Connects; the member must have greeted.
    /// @throws IOException saying why it cannot be reached
    void connect(long deadline) throws IOException {
        try {
            for (ConnectivityState now = channel.getState(true); now != ConnectivityState.READY; now = channel
                    .getState(true)) {
                CountDownLatch changed = new CountDownLatch(1);
                channel.notifyWhenStateChanged(now, changed::countDown);
                if (now == ConnectivityState.TRANSIENT_FAILURE || now == ConnectivityState.SHUTDOWN) {
                    throw new IOException(reason());
                }
                if (!changed.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    throw new IOException("no connection in time");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// A call is refused with it.
    private String reason() {
        try {
            MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(REASON_MILLIS, TimeUnit.MILLISECONDS)
                    .status(StatusRequest.getDefaultInstance());
            return "the connection broke";
        } catch (StatusRuntimeException e) {
            return EtcdFailures.text(e.getStatus());
        }
    }

    URI endpoint() {
        return endpoint;
    }

    Channel channel() {
        return channel;
    }

    /// Whether calls can be made. Known without a call, as gRPC watches the connection.
    boolean open() {
        return channel.getState(false) == ConnectivityState.READY;
    }

    /// Ends it and whatever is under way on it; does not wait.
    @Override
    public void close() {
        channel.shutdownNow();
    }

    /// Waits for the end, no longer than until `deadline`.
    void awaitEnd(long deadline) throws InterruptedException {
        channel.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
}

package io.k3j.jetcd;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// What stands in for etcd: answers every range with none, unless it is the first call of its connection, which it
/// never answers.
final class Peer implements AutoCloseable {
    private static final Attributes.Key<AtomicInteger> CALLS = Attributes.Key.create("calls");
    private static final Context.Key<Integer> NUMBER = Context.key("number");
    private static final long END_SECONDS = 10;
    private final AtomicInteger connections = new AtomicInteger();
    private final Server server;
    /// It has no vote yet, and refuses to read.
    volatile boolean learner;
    /// Numbers of the calls within their connections, as they come in.
    final BlockingQueue<Integer> calls = new LinkedBlockingQueue<>();

    Peer() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addTransportFilter(new Counted()).intercept(new Numbered()).addService(new Ranges()).build().start();
    }

    private final class Counted extends ServerTransportFilter {
        @Override
        public Attributes transportReady(Attributes transport) {
            connections.incrementAndGet();
            return transport.toBuilder().set(CALLS, new AtomicInteger()).build();
        }
    }

    private static final class Numbered implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
                ServerCallHandler<Q, A> next) {
            int number = call.getAttributes().get(CALLS).incrementAndGet();
            return Contexts.interceptCall(Context.current().withValue(NUMBER, number), call, headers, next);
        }
    }

    private final class Ranges extends KVGrpc.KVImplBase {
        @Override
        public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
            calls.add(NUMBER.get());
            if (learner) {
                answer.onError(Status.UNAVAILABLE.withDescription("etcdserver: rpc not supported for learner")
                        .asRuntimeException());
            } else if (NUMBER.get() > 1) {
                answer.onNext(RangeResponse.getDefaultInstance());
                answer.onCompleted();
            }
        }
    }

    EtcdEndpoints endpoints() {
        return EtcdEndpoints.parse("http://127.0.0.1:" + server.getPort(), Optional.empty());
    }

    /// How many connections have been made.
    int connections() {
        return connections.get();
    }

    @Override
    public void close() {
        try {
            server.shutdownNow().awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

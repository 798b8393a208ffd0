package io.k3j.jetcd;

import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnsafeByteOperations;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A running watch of a range, with what was before each change. It does not go on by itself on another connection:
/// when the stream ends, whoever watches opens another one behind the last revision it was told.
public final class EtcdWatch implements AutoCloseable {
    /// `WatchCreateRequest.fragment` of etcd's `rpc.proto`, which jetcd's has not.
    private static final int FRAGMENT = 8;
    private final Stream stream;

    private EtcdWatch(Stream stream) {
        this.stream = stream;
    }

    /// What etcd tells in one message: changes in revision order, never part of a revision; or the end.
    ///
    /// @param events none for a message that tells something else
    /// @param created etcd has taken the watch: every change from its start on will be told
    /// @param canceled the watch is over; `reason` may say why
    /// @param compactRevision above 0: the watch is over, because its revisions have been compacted up to here
    public record Response(List<EtcdEvent> events, boolean created, boolean canceled, long compactRevision,
            String reason) {
    }

    /// Watches from `startRevision` on. `receiver` is called by the connection's thread and must not block for
    /// long. When the watch or its stream ends, by whomever, it hears of that last, and of both when etcd ends the
    /// watch. Does not wait until etcd has taken it.
    /// @param startRevision the first that is told; one that has not come is waited for
    /// @param timeout for a connection, when there is none
    /// @throws EtcdFailure when there is no connection
    public static EtcdWatch open(EtcdClient client, EtcdRange range, long startRevision, Consumer<Response> receiver,
            Duration timeout) {
        WatchCreateRequest create = WatchCreateRequest.newBuilder()
                .setKey(UnsafeByteOperations.unsafeWrap(range.from()))
                .setRangeEnd(UnsafeByteOperations.unsafeWrap(range.to())).setStartRevision(startRevision)
                .setPrevKv(true).setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(FRAGMENT, UnknownFieldSet.Field.newBuilder().addVarint(1).build()).build())
                .build();
        Stream stream = new Stream(receiver);
        WatchGrpc.newStub(client.channel(timeout)).watch(stream)
                .onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
        return new EtcdWatch(stream);
    }

    /// Both directions of it.
    private static final class Stream implements ClientResponseObserver<WatchRequest, WatchResponse> {
        private final Consumer<Response> receiver;
        private final Fragments fragments;
        private final CountDownLatch end = new CountDownLatch(1);
        private volatile @Nullable ClientCallStreamObserver<WatchRequest> requests;

        Stream(Consumer<Response> receiver) {
            this.receiver = receiver;
            fragments = new Fragments(receiver);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> requests) {
            this.requests = requests;
        }

        @Override
        public void onNext(WatchResponse told) {
            try {
                fragments.take(told);
            } finally {
                // etcd cancels a watch and leaves its stream open, which then never tells anything
                if (told.getCanceled()) {
                    cancel();
                    end.countDown();
                }
            }
        }

        @Override
        public void onError(Throwable why) {
            ended(why);
        }

        @Override
        public void onCompleted() {
            ended(null);
        }

        /// The receiver's own failure must not keep those waiting who await the end.
        private void ended(@Nullable Throwable why) {
            try {
                receiver.accept(new Response(List.of(), false, true, 0, EtcdFailures.text(why)));
            } finally {
                end.countDown();
            }
        }

        void cancel() {
            ClientCallStreamObserver<WatchRequest> call = requests;
            if (call != null) {
                call.cancel("closed", null);
            }
        }
    }

    /// Waits until the watch has ended, however it did, and the receiver was told. False when it still runs after
    /// that time.
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return stream.end.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Ends it; the receiver is told. Does not wait for that (see [#awaitEnd]).
    @Override
    public void close() {
        stream.cancel();
    }
}

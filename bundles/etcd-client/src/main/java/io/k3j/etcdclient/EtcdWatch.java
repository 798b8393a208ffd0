package io.k3j.etcdclient;

import io.k3j.streaming.GrpcFailure;
import io.k3j.streaming.GrpcStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A running watch of a range, with what was before each change.
public final class EtcdWatch implements AutoCloseable {
    private final GrpcStream stream;

    private EtcdWatch(GrpcStream stream) {
        this.stream = stream;
    }

    /// What etcd tells in one message: changes in revision order, never part of a revision; or the end.
    ///
    /// @param compactRevision above 0: the watch is over, because its revisions have been compacted up to here
    /// @param canceled the watch is over; `reason` may say why
    public record Told(List<EtcdEvent> events, boolean created, boolean canceled, long compactRevision,
            String reason) {
    }

    /// Watches from `startRevision` on. `receiver` is called by the connection's reading thread and must not block
    /// for long. When the stream ends, by whomever, it hears of that last.
    /// @throws EtcdFailure when there is no connection
    public static EtcdWatch open(EtcdClient client, EtcdRange range, long startRevision, Consumer<Told> receiver,
            Duration timeout) {
        byte[] create = range.write(new ProtoWriter()).number(3, startRevision).flag(6, true).flag(8, true).done();
        Fragments fragments = new Fragments(receiver);
        GrpcStream stream = client.open("/etcdserverpb.Watch/Watch", fragments::take, timeout);
        try {
            stream.send(new ProtoWriter().message(1, create).done());
        } catch (GrpcFailure e) {
            stream.close();
            throw Failures.of(e);
        }
        stream.end().whenComplete((_, why) -> receiver.accept(ended(why)));
        return new EtcdWatch(stream);
    }

    private static Told ended(@Nullable Throwable why) {
        return new Told(List.of(), false, true, 0, why == null ? "ended by etcd" : String.valueOf(why.getMessage()));
    }

    /// Waits until the watch has ended, however it did. False when it still runs after that time.
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        try {
            stream.end().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /// Ends it.
    @Override
    public void close() {
        stream.close();
    }
}

package io.k3j.apiwatches;

import io.k3j.apirequests.Form;
import io.k3j.apirequests.Frames;
import io.k3j.apirequests.Request;
import io.k3j.apirequests.Responses;
import io.k3j.apirequests.Tables;
import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.flowcontrol.ClientLane;
import io.k3j.flowcontrol.LongRunningShares;
import io.k3j.flowcontrol.Pool;
import io.k3j.flowcontrol.RequestLimits;
import io.k3j.model.Struct;
import io.k3j.objectregistry.ListOptions;
import io.k3j.objectregistry.ObjectReads;
import io.k3j.objectregistry.Selection;
import io.k3j.objectregistry.Storage;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Fence;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Begins watches: the initial objects and what the client has missed, written in the request's own thread as fast as
/// the client reads; then the hub takes over and the thread ends. See
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes>.
///
/// | `resourceVersion` | begins with |
/// |---|---|
/// | none | all objects at the most recent revision, as `ADDED` |
/// | `0` | all objects as this server has them |
/// | a revision | events after it; an error 410 in the stream when history does not reach back |
/// | any, with `sendInitialEvents=true` | all objects at that revision or later, then a bookmark |
///
/// A watch has a share of its own until its connection or stream ends, and a seat only while objects are looked for at
/// its beginning, see [InitialState].
public final class Watches {
    /// Upstream's default of `--min-request-timeout`: a watch without a timeout of its own lasts so long, and less than
    /// twice as long.
    public static final Duration LEAST = Duration.ofMinutes(30);
    /// The history asked for is gone: compacted, or older than this server remembers. The client lists and watches
    /// anew.
    static final ApiFault EXPIRED = new ApiFault(410, "Expired",
            "The resourceVersion for the provided watch is too old.",
            Struct.EMPTY);
    /// What a watch may come to in memory, in bytes: its stream, its buffers, its place in the hub.
    public static final int BYTES = 32 << 10;
    /// The part of the heap that the watches of a lane may take, as a divisor.
    public static final int HEAP_PART = 4;
    /// The part of them that one user may have, as a divisor: nobody takes all, and a user alone has enough.
    public static final int USER_PART = 2;
    private final RequestLimits limits;
    private final EventLog log;
    private final WatchHub hub;
    private final Frames frames;
    private final Responses answers;
    private final Duration least;
    private final WatchMetrics metrics;
    /// Knows which revision is the most recent that any client may have been told of.
    private final Fence fence;

    /// For one server.
    ///
    /// @param storage whose log is followed
    /// @param limits how many watches there may be, and the seats in which they begin
    /// @param hub goes on with watches that have caught up
    /// @param least as of [#LEAST]; longer than zero
    /// @param metrics counts what is told
    @SuppressWarnings("checkstyle:ParameterNumber") // each comes from elsewhere
    public Watches(Storage storage, RequestLimits limits, WatchHub hub, Frames frames, Responses answers,
            Duration least, WatchMetrics metrics) {
        this.least = least;
        this.metrics = metrics;
        this.limits = limits;
        this.fence = storage.fence();
        this.log = storage.log();
        this.hub = hub;
        this.frames = frames;
        this.answers = answers;
    }

    /// How many there may be on a heap of a size, in each lane.
    ///
    /// @param heapBytes the most the heap may become
    public static LongRunningShares shares(long heapBytes) {
        long most = heapBytes / HEAP_PART / BYTES;
        return new LongRunningShares(new Pool.Bounds(most, 0, Math.max(1, most / USER_PART), 0),
                "Too many watches, please try again later.");
    }

    /// Serves a watch. Returns when it has caught up, or is over; blocks while the client reads what it has missed.
    ///
    /// @param selection what the request may see
    /// @param begun called when all that is asked of the datastore is known
    /// @throws ApiFault 429 when there are too many, 406 for YAML, 504 for a revision that does not come; later ones
    /// are told in the stream
    /// @throws IOException when the client has gone
    public void serve(Request request, Selection selection, ListOptions options, Runnable begun) throws IOException {
        Form form = request.form().compact();
        if (form.type() == Form.Type.YAML) {
            throw new ApiFault(406, "NotAcceptable", "only the following media types are accepted: application/json, "
                    + "application/vnd.kubernetes.protobuf;stream=watch"
                    + (answers.offersCbor() ? ", application/cbor-seq" : ""), Struct.EMPTY);
        }
        // Without `sendInitialEvents` an old client that names no revision expects the objects all the same.
        boolean wantsState = options.initialEvents()
                || options.revision() <= 0 && !request.params().has("sendInitialEvents");
        EventLog.Snapshot start = start(request, options, wantsState);
        Tables.Include include = Tables.Include.of(request.params().text("includeObject"));
        Pool.Room place = limits.watches().take(ClientLane.of(request.caller()), request.caller().user());
        request.exchange().onEnd(place::close);
        InitialState state = start == null || !wantsState ? null
                : new InitialState(request, limits.seats(), width(request, selection), selection, start.tree());
        if (state != null) {
            state.look();
        }
        begun.run();
        ResponseStream stream = WatchSocket.wanted(request.exchange())
                ? WatchSocket.accept(request.exchange(), form.type())
                : request.exchange().stream(200, answers.headers(request, Frames.mediaType(form)));
        Watcher watcher = new Watcher(new Watcher.Order(selection, form, include, options, least), frames,
                new CountedStream(stream, metrics.of(selection.target().gvr())));
        if (start == null) {
            watcher.fail(EXPIRED.status());
            return;
        }
        watcher.position(start.revision());
        if (state != null && !sent(state, watcher)) {
            return;
        }
        if (options.initialEvents()) {
            watcher.initialEnd(start.revision());
        }
        hub.serve(watcher);
    }

    private int width(Request request, Selection selection) {
        return selection.single().isEmpty() ? limits.flows().width(request.flow(), selection.prefix(), 0) : 1;
    }

    /// The snapshot a watch starts from; null when history does not reach back so far. A revision from the future is
    /// waited for, since another server may have told of it.
    private EventLog.@Nullable Snapshot start(Request request, ListOptions options, boolean wantsState) {
        long wanted = options.revision();
        if (wanted <= 0) {
            return wanted < 0 ? fence.mostRecent(request::warn) : log.newest();
        }
        EventLog.Snapshot now = log.atLeast(wanted, ObjectReads.FUTURE_WAIT_MILLIS);
        if (now.revision() < wanted) {
            if (wantsState) {
                throw ObjectReads.tooLarge(wanted, now.revision());
            }
            return null;
        }
        if (wantsState) {
            return now;
        }
        return log.reaches(wanted) ? new EventLog.Snapshot(now.tree(), wanted) : null;
    }

    private static boolean sent(InitialState state, Watcher watcher) throws IOException {
        try {
            state.send(watcher);
            return true;
        } catch (ApiFault fault) {
            watcher.fail(fault.status());
            return false;
        }
    }
}

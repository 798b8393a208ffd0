package io.k3j.apiserver;

import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.model.Struct;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Fence;
import io.k3j.watchcache.Keys;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Begins watches: the initial objects and what the client has missed, written in the request's own
/// thread as fast as the client reads; then the hub takes over and the thread ends. See
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes>.
final class Watches {
    /// The history asked for is gone.
    static final ApiFault EXPIRED = new ApiFault(410, "Expired",
            "The resourceVersion for the provided watch is too old.",
            Struct.EMPTY);
    /// What a watch may come to in memory: its stream, its buffers, its place in the hub.
    static final int BYTES = 32 << 10;
    /// The part of the heap that the watches of a lane may take.
    static final int HEAP_PART = 4;
    /// The part of them that one user may have.
    static final int USER_PART = 2;
    private final Shares shares;
    private final EventLog log;
    private final WatchHub hub;
    private final Frames frames;
    private final Answers answers;
    private final Fence fence;

    Watches(Core core, WatchHub hub, Frames frames) {
        this.shares = core.watches();
        this.fence = core.data().fence();
        this.log = core.log();
        this.hub = hub;
        this.frames = frames;
        this.answers = core.answers();
    }

    /// How many there may be on a heap of a size.
    static Shares shares(long heapBytes) {
        long most = heapBytes / HEAP_PART / BYTES;
        return new Shares(new Pool.Bounds(most, 0, Math.max(1, most / USER_PART), 0),
                "Too many watches, please try again later.");
    }

    /// Nodes and the parts of the control plane, wherever they run, do not share with users.
    private static Seats.Lane lane(Request request) {
        Caller caller = request.caller();
        String user = caller.user();
        boolean component = user.startsWith("system:kube-") || user.startsWith("system:k3s-")
                || caller.in("system:serviceaccounts:kube-system");
        return component ? Seats.Lane.SYSTEM : request.flow().lane();
    }

    /// Serves a watch. Returns when it has caught up.
    /// @throws ApiFault 429 when there are too many
    void serve(Request request, Selection selection, ListOptions options) throws IOException {
        Form form = request.form().compact();
        if (form.type() == Form.Type.YAML) {
            throw new ApiFault(406, "NotAcceptable", "only the following media types are accepted: application/json, "
                    + "application/vnd.kubernetes.protobuf;stream=watch", Struct.EMPTY);
        }
        boolean wantsState = options.initialEvents()
                || options.revision() <= 0 && !request.params().has("sendInitialEvents");
        EventLog.Snapshot start = start(request, options, wantsState);
        Tables.Include include = Tables.Include.of(request.params().text("includeObject"));
        request.exchange().onEnd(shares.take(lane(request), request.caller().user())::close);
        ResponseStream stream = WatchSocket.wanted(request.exchange())
                ? WatchSocket.accept(request.exchange(), form.type())
                : request.exchange().stream(200, answers.headers(request, Frames.mediaType(form)));
        Watcher watcher = new Watcher(new Watcher.Order(selection, form, include, options), frames, stream);
        if (start == null) {
            watcher.fail(EXPIRED.status());
            return;
        }
        watcher.position(start.revision());
        if (wantsState) {
            try {
                state(selection, start, watcher);
            } catch (ApiFault unreadable) {
                watcher.fail(unreadable.status());
                return;
            }
            if (options.initialEvents()) {
                watcher.initialEnd(start.revision());
            }
        }
        hub.serve(watcher);
    }

    /// The picture a watch starts from; null when history does not reach back so far.
    private EventLog.@Nullable Snapshot start(Request request, ListOptions options, boolean wantsState) {
        long wanted = options.revision();
        if (wanted <= 0) {
            return wanted < 0 ? fence.mostRecent(request::warn) : log.newest();
        }
        EventLog.Snapshot now = log.atLeast(wanted, Reads.FUTURE_WAIT_MILLIS);
        if (now.revision() < wanted) {
            if (wantsState) {
                throw Reads.tooLarge(wanted, now.revision());
            }
            return null;
        }
        if (wantsState) {
            return now;
        }
        return log.reaches(wanted) ? new EventLog.Snapshot(now.tree(), wanted) : null;
    }

    private static void state(Selection selection, EventLog.Snapshot start, Watcher watcher) throws IOException {
        IOException[] broken = new IOException[1];
        String single = selection.single();
        String from = single.isEmpty() ? selection.prefix() : single;
        String end = single.isEmpty() ? Keys.end(from) : single + "\0";
        start.tree().visit(from, end, selection.probe(), (key, item) -> {
            try {
                if (selection.matchesFresh(item)) {
                    watcher.initial(item);
                }
                return true;
            } catch (IOException e) {
                broken[0] = e;
                return false;
            }
        });
        if (broken[0] != null) {
            throw broken[0];
        }
    }
}

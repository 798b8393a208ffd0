package io.k3j.apiwatches;

import io.k3j.apirequests.Request;
import io.k3j.clientapi.ApiFault;
import io.k3j.flowcontrol.Seats;
import io.k3j.objectregistry.ObjectReads;
import io.k3j.objectregistry.PageScan;
import io.k3j.objectregistry.Selection;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.SnapshotTree;
import io.k3j.watchcache.StorageKeys;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The objects of one watch at its beginning. They are looked for in seats of the watch's flow, as many as a list of
/// them takes, since a selector may want few of very many, and sent without one, since clients read as slowly as they
/// like: so many at a time that little is kept for a slow client. Of the request's thread.
final class InitialState {
    /// How many objects are found before they are sent.
    static final int PART = 500;
    /// How long a seat is waited for once a part was sent: a client whose watch ends then begins from the start, which
    /// costs more than to go on.
    private static final long NEXT_PATIENCE_MILLIS = 60_000;
    private final Request request;
    private final Seats seats;
    private final int width;
    private final Selection selection;
    private final SnapshotTree<Item> tree;
    private final String end;
    private String from;
    private List<Item> found = List.of();
    private @Nullable ApiFault unreadable;

    /// What a request selects in a snapshot; nothing is looked for yet.
    ///
    /// @param width how many seats looking takes
    InitialState(Request request, Seats seats, int width, Selection selection, SnapshotTree<Item> tree) {
        this.request = request;
        this.seats = seats;
        this.width = width;
        this.selection = selection;
        this.tree = tree;
        String single = selection.single();
        this.from = single.isEmpty() ? selection.prefix() : single;
        this.end = single.isEmpty() ? StorageKeys.end(from) : single + "\0";
    }

    /// Looks for the first part.
    /// @throws ApiFault 429 when there is no seat
    /// @throws IOException when the client has gone
    void look() throws IOException {
        seats.in(request.flow(), false, width, this::scan);
    }

    /// What stands before a row that cannot be read is sent all the same.
    private InitialState scan() throws IOException {
        PageScan scan = new PageScan(selection, PART, request.exchange()::gone);
        try {
            tree.visit(from, end, selection.probe(), scan);
            scan.end();
        } catch (ApiFault fault) {
            unreadable = fault;
        }
        if (scan.left()) {
            throw ObjectReads.gone();
        }
        found = scan.items();
        from = scan.next();
        return this;
    }

    /// Sends the part that was looked for and all others; each object is decoded for that at most and not kept. Blocks
    /// while the client does not read.
    ///
    /// @throws ApiFault for a row that cannot be read, and 429 when there was no seat for a minute
    /// @throws IOException when the client has gone
    void send(Watcher watcher) throws IOException {
        part(watcher);
        while (!from.isEmpty()) {
            // a client that reads fast never blocks this thread, which must not keep all others from running
            Thread.yield();
            seats.again(request.flow(), width, NEXT_PATIENCE_MILLIS, this::scan);
            part(watcher);
        }
    }

    private void part(Watcher watcher) throws IOException {
        found = watcher.converted(found);
        for (Item item : found) {
            watcher.initial(item);
        }
        if (unreadable != null) {
            throw unreadable;
        }
    }
}

package io.k3j.apiwatches;

import io.k3j.apirequests.Form;
import io.k3j.apirequests.Frames;
import io.k3j.apirequests.Tables;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.objectregistry.ListOptions;
import io.k3j.objectregistry.Selection;
import io.k3j.watchcache.Event;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One client's watch. First its own request thread writes to it, blocking; once it has caught up the hub's thread
/// offers to it, never blocking, until the client is too far behind and has to catch up again.
///
/// Used by one thread at a time: the request's, the hub's, or the virtual one of a watch that is behind. Who hands it
/// on does not touch it any more. It holds a position and no events, so a slow client costs no more than its pending
/// bytes.
final class Watcher {
    /// How many bytes a client may be behind before nothing more is offered to it.
    static final int MAX_PENDING_BYTES = 4 << 20;
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    /// The names of the kinds of events, by the numbers below; they are places in [#shapes] too.
    private static final String[] TYPES = {"ADDED", "MODIFIED", "DELETED", "BOOKMARK"};
    private static final int ADDED = 0;
    private static final int MODIFIED = 1;
    private static final int DELETED = 2;
    private static final int BOOKMARK = 3;
    /// Upstream's interval.
    private static final long BOOKMARK_SECONDS = 60;
    private final Selection selection;
    private final Form form;
    private final Tables.Include include;
    /// Whether the client asked for them (`allowWatchBookmarks`).
    private final boolean bookmarks;
    private final Frames frames;
    private final CountedStream stream;
    /// By type, once they were asked for: frames are looked up by a shape's identity.
    private final Frames.@Nullable Shape[] shapes = new Frames.Shape[TYPES.length];
    /// When it is over, by the clock that never steps.
    private final long end;
    /// When the next one is due, by the same clock as [#end].
    private long nextBookmark;
    /// Handed from thread to thread with the watch; no two have it at a time.
    private final WatchPosition place = new WatchPosition();
    /// Of a Table: the columns come with the first event only.
    private boolean headersSent;

    /// How an offer went.
    enum Offer {
        TOLD, BEHIND, OVER
    }

    /// What is watched, and in which form it is told.
    ///
    /// @param selection which objects, in which version
    /// @param form never pretty, never YAML
    /// @param include for tables
    /// @param options bookmarks and the timeout in seconds; the rest has been obeyed before
    /// @param least without a timeout it ends between this and twice this: at random, so that clients that began
    /// together, as after a restart, do not come back together
    record Order(Selection selection, Form form, Tables.Include include, ListOptions options, Duration least) {
    }

    /// A watch that begins nowhere: [#position(long)] says from where on it is told. Its time runs from now.
    Watcher(Order order, Frames frames, CountedStream stream) {
        this.selection = order.selection;
        this.form = order.form;
        this.include = order.include;
        this.bookmarks = order.options.bookmarks();
        this.frames = frames;
        this.stream = stream;
        ListOptions options = order.options;
        long least = order.least.toNanos();
        long lasts = options.timeoutSeconds() > 0 ? TimeUnit.SECONDS.toNanos(options.timeoutSeconds())
                : ThreadLocalRandom.current().nextLong(least, 2 * least);
        this.end = System.nanoTime() + lasts;
        this.nextBookmark = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOOKMARK_SECONDS);
    }

    /// Which objects.
    Selection selection() {
        return selection;
    }

    /// The revision up to which everything has been told.
    long position() {
        return place.revision();
    }

    /// Everything up to here has been told: by a snapshot, or because an event is none of this watch's business.
    void position(long revision) {
        place.reached(revision);
    }

    /// Begins with history after the position, which is answered. What of it has been told is not told again.
    long resume() {
        return place.resume();
    }

    /// Whether somebody outside of the process converts what this watch tells. Such a watch has a thread of its own.
    /// @throws ApiFault 503 while the bundle of its kind is away
    boolean remote() {
        return selection.converts() || !metadata() && selection.target().remote();
    }

    /// Of metadata is told what is stored: nobody is asked for that.
    private boolean metadata() {
        return form.as() == Form.As.METADATA;
    }

    /// Objects as this watch tells them, so far as somebody outside converts them: many in one call.
    /// @throws ApiFault 500 when one of them cannot be converted
    List<Item> converted(List<Item> items) {
        return items.isEmpty() || !remote() ? items
                : selection.target().kinds().conversions().awaited(selection.target(), items);
    }

    /// Tells of an object that is there at the start, as `ADDED` at its own revision; blocks while the client is
    /// behind.
    ///
    /// @throws ApiFault 500 when it cannot be read
    /// @throws IOException when the client has gone
    void initial(Item item) throws IOException {
        stream.write(frames.object(selection.target(), item, item.revision(), shape(ADDED)));
    }

    /// Says that the initial objects are complete: a bookmark with upstream's annotation (WatchList).
    void initialEnd(long revision) throws IOException {
        stream.write(frames.bookmark(selection.target(), revision, shape(BOOKMARK), true));
    }

    /// Tells of an event unless it was told already; blocks while the client is behind. The next one may have the same
    /// revision.
    ///
    /// @return false when it cannot be told: the watch has ended with the error, and the client lists again
    /// @throws IOException when the client has gone
    boolean write(Event event) throws IOException {
        if (place.skips(event)) {
            return true;
        }
        byte[] frame;
        try {
            frame = frame(event);
        } catch (ApiFault unreadable) {
            fail(unreadable.status());
            return false;
        }
        if (frame != null) {
            stream.write(frame);
        }
        place.told();
        return true;
    }

    /// Offers an event, without blocking. Anyone who is behind stands right before it. An event that was told already
    /// is told for good: a watch may join with a position ahead of the hub's.
    Offer offer(Event event) {
        if (place.skips(event)) {
            return Offer.TOLD;
        }
        boolean before = headersSent;
        try {
            if (selection.target().becameRemote()) {
                // as upstream, where the watches of a kind end when its definition changes
                finish(position());
                return Offer.OVER;
            }
            byte[] frame = frame(event);
            if (frame == null || stream.offer(MAX_PENDING_BYTES, frame)) {
                place.told();
                return Offer.TOLD;
            }
            if (stream.open()) {
                headersSent = before;
                return Offer.BEHIND;
            }
        } catch (ApiFault unreadable) {
            fail(unreadable.status());
            return Offer.OVER;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Watch aborted resource=" + selection.target().gvr().qualified(), e);
        }
        stream.abort();
        return Offer.OVER;
    }

    /// The bytes of an event, null when it concerns the selection neither before nor after. So upstream's watch cache:
    ///
    /// | selected before | selected after | told as |
    /// |---|---|---|
    /// | no | yes | `ADDED`, though it may have been there for long |
    /// | yes | yes | `MODIFIED` |
    /// | yes | no | `DELETED` with what it was, though it may be there still |
    ///
    /// A version that cannot be read ends the watch: nobody knows whether it is selected. One before it that could be
    /// read stands for what the client was told.
    private byte @Nullable [] frame(Event e) {
        e.newest().check();
        Item before = e.before() == null ? null : e.before().readable();
        Item after = e.after();
        boolean is = after != null && selection.matches(after);
        boolean was = before != null && selection.matches(before);
        if (!is && !was) {
            return null;
        }
        Frames.Shape shape = shape(is ? was ? MODIFIED : ADDED : DELETED);
        byte[] known = e.frame(shape);
        return known != null ? known
                : e.keep(shape, frames.object(selection.target(), chosen(is ? after : before), e.revision(), shape));
    }

    /// One of the two is there, or nothing was selected.
    private static Item chosen(@Nullable Item item) {
        if (item == null) {
            throw new IllegalStateException("selected nothing");
        }
        return item;
    }

    /// The form of an event of a type; the first Table has the columns.
    private Frames.Shape shape(int type) {
        boolean headers = form.as() == Form.As.TABLE && !headersSent;
        headersSent = true;
        if (headers) {
            return frames.shared(new Frames.Shape(TYPES[type], selection.target().kind().gvk(), form, include, true));
        }
        Frames.Shape known = shapes[type];
        if (known == null) {
            known = frames.shared(new Frames.Shape(TYPES[type], selection.target().kind().gvk(), form, include, false));
            shapes[type] = known;
        }
        return known;
    }

    /// Looks after time: bookmarks, the end, a client that has left. Called about once a second, and between batches of
    /// history.
    ///
    /// @param now of `System.nanoTime`
    /// @param revision up to which this watch has been told everything; its position may be above that
    /// @return false when this watch is over
    boolean tick(long now, long revision) {
        if (!stream.open()) {
            return false;
        }
        if (now - end >= 0 || stream.leaving()) {
            finish(revision);
            return false;
        }
        if (now - nextBookmark >= 0 && !place.within(revision)) {
            nextBookmark = now + TimeUnit.SECONDS.toNanos(BOOKMARK_SECONDS);
            bookmark(revision);
        }
        return true;
    }

    /// Only for who asked for them; one that finds no room is left out, the next one says more.
    private void bookmark(long told) {
        long revision = Math.max(told, position());
        if (!bookmarks || revision <= 0) {
            return;
        }
        boolean before = headersSent;
        try {
            byte[] frame = frames.bookmark(selection.target(), revision, shape(BOOKMARK), false);
            headersSent = stream.offer(MAX_PENDING_BYTES, frame) || before;
        } catch (ApiFault away) {
            // nobody makes the cells of a table now
            headersSent = before;
        }
    }

    /// Ends in order: a last bookmark, so that the client resumes where it stands, and a clean end.
    ///
    /// @param revision up to which everything has been told, as of [#tick]
    void finish(long revision) {
        bookmark(revision);
        stream.close();
    }

    /// Breaks it off: part of an event may have been written, or an event is missing. The client lists or watches anew.
    void abort() {
        stream.abort();
    }

    /// Ends with an error in the stream, as upstream does after the status 200.
    ///
    /// @param status a `Status`, as 410 `Expired`
    void fail(Struct status) {
        stream.offer(MAX_PENDING_BYTES, frames.error(status, form));
        stream.close();
    }
}

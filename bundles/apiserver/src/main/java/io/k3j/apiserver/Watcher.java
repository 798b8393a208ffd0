package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.model.Struct;
import io.k3j.watchcache.Event;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One client's watch. First its own request thread writes to it, blocking; once it has caught up the
/// hub's thread offers to it, never blocking, until the client is too far behind and has to catch up again.
final class Watcher {
    /// How many bytes a client may be behind before nothing more is offered to it.
    static final int MAX_PENDING_BYTES = 4 << 20;
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private static final String[] TYPES = {"ADDED", "MODIFIED", "DELETED"};
    private static final int ADDED = 0;
    private static final int MODIFIED = 1;
    private static final int DELETED = 2;
    private static final long MIN_SECONDS = 1_800;
    private static final long BOOKMARK_SECONDS = 60;
    private final Selection selection;
    private final Form form;
    private final Tables.Include include;
    private final boolean bookmarks;
    private final Frames frames;
    private final ResponseStream stream;
    private final Frames.@Nullable Shape[] shapes = new Frames.Shape[TYPES.length];
    private final long end;
    private long nextBookmark;
    private long position;
    private boolean headersSent;

    /// How an offer went: told, not told because the client is behind, or the client has gone.
    enum Offer {
        TOLD, BEHIND, OVER
    }

    /// What is watched, and in which form it is told.
    record Order(Selection selection, Form form, Tables.Include include, ListOptions options) {
    }

    Watcher(Order order, Frames frames, ResponseStream stream) {
        this.selection = order.selection;
        this.form = order.form;
        this.include = order.include;
        this.bookmarks = order.options.bookmarks();
        this.frames = frames;
        this.stream = stream;
        ListOptions options = order.options;
        long seconds = options.timeoutSeconds() > 0 ? options.timeoutSeconds()
                : ThreadLocalRandom.current().nextLong(MIN_SECONDS, 2 * MIN_SECONDS);
        this.end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        this.nextBookmark = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOOKMARK_SECONDS);
    }

    /// Which objects.
    Selection selection() {
        return selection;
    }

    /// The revision up to which everything has been told.
    long position() {
        return position;
    }

    /// Everything up to here has been told.
    void position(long revision) {
        position = revision;
    }

    /// Tells of an object that is there at the start; blocks while the client is behind.
    void initial(Item item) throws IOException {
        stream.write(frames.object(selection.target(), item, item.revision(), shape(ADDED)));
    }

    /// Says that the initial objects are complete.
    void initialEnd(long revision) throws IOException {
        stream.write(frames.bookmark(selection.target(), revision, form, true));
    }

    /// Tells of an event; blocks while the client is behind. False when it cannot be told: the watch has ended with
    /// the error, and the client lists anew.
    boolean write(Event event) throws IOException {
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
        position = event.revision();
        return true;
    }

    /// Offers an event. Whoever is behind stands right before it.
    Offer offer(Event event) {
        if (event.revision() <= position) {
            return Offer.TOLD;
        }
        boolean before = headersSent;
        try {
            byte[] frame = frame(event);
            if (frame == null || stream.offer(MAX_PENDING_BYTES, frame)) {
                position = event.revision();
                return Offer.TOLD;
            }
            if (stream.open()) {
                headersSent = before;
                position = event.revision() - 1;
                return Offer.BEHIND;
            }
        } catch (ApiFault unreadable) {
            fail(unreadable.status());
            return Offer.OVER;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "watch broken off " + selection.target().gvr().qualified(), e);
        }
        stream.abort();
        return Offer.OVER;
    }

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

    /// Looks after time: bookmarks, the end, a client that has left. False when this watch is over.
    boolean tick(long now, long revision) {
        if (!stream.open()) {
            return false;
        }
        if (now - end >= 0 || stream.leaving()) {
            finish(revision);
            return false;
        }
        if (now - nextBookmark >= 0) {
            nextBookmark = now + TimeUnit.SECONDS.toNanos(BOOKMARK_SECONDS);
            bookmark(revision);
        }
        return true;
    }

    private void bookmark(long revision) {
        if (bookmarks && revision > 0) {
            stream.offer(MAX_PENDING_BYTES, frames.bookmark(selection.target(), revision, form, false));
        }
    }

    /// Ends in order: a last bookmark, so that the client resumes where it stands, and a clean end.
    void finish(long revision) {
        bookmark(revision);
        stream.close();
    }

    /// Breaks it off: part of an event may have been written.
    void abort() {
        stream.abort();
    }

    /// Ends with an error in the stream.
    void fail(Struct status) {
        stream.offer(MAX_PENDING_BYTES, frames.error(status, form));
        stream.close();
    }
}

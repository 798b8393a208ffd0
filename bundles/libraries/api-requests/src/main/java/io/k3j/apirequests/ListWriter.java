package io.k3j.apirequests;

import io.k3j.cbor.CborList;
import io.k3j.codec.Json;
import io.k3j.codec.PrettyJson;
import io.k3j.codec.Protobuf;
import io.k3j.codec.ProtobufList;
import io.k3j.codec.Yaml;
import io.k3j.flowcontrol.ClientLane;
import io.k3j.flowcontrol.LongRunningShares;
import io.k3j.flowcontrol.Pool;
import io.k3j.flowcontrol.Seats;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.objectregistry.ListPage;
import io.k3j.objectregistry.ObjectReads;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Sends a page of a list in the form that was asked for, object by object and as fast as the client reads: however
/// long it is, a few chunks of it are in memory. Ends when the client leaves. One for all requests; a long list keeps
/// its request's thread and seat for as long as its client reads, so there are bounds for long lists of their own.
public final class ListWriter {
    /// Objects between two looks whether the client is still there, where nothing is sent that would tell, and
    /// whether others wait for a processor.
    public static final int LOOK_EVERY = 1_024;
    /// How many long lists are sent at once in each lane; a list is long when it takes more than one chunk.
    static final int LONG_LISTS = 16;
    /// How many of them one user has.
    public static final int LONG_LISTS_PER_USER = 8;
    /// The elements of a protobuf list that begin before this size are kept from counting their bytes to sending them.
    private static final int KEPT_BYTES = 4 << 20;
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final Protobuf protobuf;
    private final Responses answers;
    private final LongRunningShares longLists;
    private final Runnable narrow;

    /// @param longLists the long lists that are being sent
    /// @param narrow called on a request's thread when its list has become one of those: it waits for its client from
    /// then on
    public ListWriter(Protobuf protobuf, Responses answers, LongRunningShares longLists, Runnable narrow) {
        this.protobuf = protobuf;
        this.answers = answers;
        this.longLists = longLists;
        this.narrow = narrow;
    }

    /// How many long lists there may be; who gets no place waits as long as for a seat, then gets 429. Meanwhile a list
    /// that has been sent for a minute is broken off.
    public static LongRunningShares shares() {
        return new LongRunningShares(new Pool.Bounds(LONG_LISTS, 0, LONG_LISTS_PER_USER, Seats.PATIENCE_MILLIS),
                "Too many long lists, please try again later or ask for pages by the parameter limit.");
    }

    /// Answers with a page: a short one is kept in the request, a long one is sent when this returns.
    ///
    /// @param shape in the form of the request
    /// @param page its objects, which are those of one revision
    /// @throws io.k3j.clientapi.ApiFault 429; any fault of an object before something was sent
    /// @throws IOException when the client has gone. What goes wrong after something was sent breaks the answer off
    public void write(Request request, ListShape shape, ListPage page) throws IOException {
        Struct head = shape.head(page.metadata());
        Form form = request.form();
        boolean known = protobuf.knows(Gvk.of(head.text("apiVersion"), head.text("kind")));
        Form.Type type = form.type() == Form.Type.PROTOBUF && !known ? Form.Type.JSON : form.type();
        long begun = request.audit().begin();
        try (ChunkWriter out = new ChunkWriter(request, answers.headers(request, type.mediaType()), this::place,
                new AuditedBody(request.audit(), protobuf))) {
            try {
                write(new Parts(shape, head, page.items(), request), type, out);
            } catch (RuntimeException e) {
                if (!out.begun()) {
                    throw e;
                }
                LOG.log(System.Logger.Level.WARNING, "List response aborted path=" + request.path(), e);
            }
        } finally {
            request.audit().since(Latency.SERIALIZATION, begun);
        }
    }

    private Pool.Room place(Request request) {
        Pool.Room room = longLists.take(ClientLane.of(request.caller()), request.caller().user(),
                request.exchange()::abort);
        narrow.run();
        return room;
    }

    private void write(Parts parts, Form.Type type, ChunkWriter out) throws IOException {
        switch (type) {
            case JSON -> json(parts, out, parts.request.form().pretty());
            case YAML -> yaml(parts, out);
            case PROTOBUF -> protobuf(parts, out);
            case CBOR -> cbor(parts, out);
        }
        out.finish();
    }

    /// What is written.
    private record Parts(ListShape shape, Struct head, List<Item> items, Request request) {
        /// The object at a position.
        /// @throws IOException when it is seen that the client has gone
        Item at(int i) throws IOException {
            if (i % LOOK_EVERY == LOOK_EVERY - 1) {
                if (request.exchange().gone()) {
                    throw ObjectReads.gone();
                }
                // where nothing is sent nothing blocks, and a few long lists would keep all others from running
                Thread.yield();
            }
            return items.get(i);
        }
    }

    /// The elements' field is the last one in JSON, so the head's closing brace is taken off and put behind the
    /// elements.
    private static void json(Parts parts, OutputStream chunks, boolean pretty) throws IOException {
        OutputStream out = pretty ? new PrettyJson(chunks) : chunks;
        byte[] head = Json.bytes(parts.head);
        out.write(head, 0, head.length - 1);
        out.write(ascii(",\"" + parts.shape.field() + "\":["));
        for (int i = 0; i < parts.items.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            parts.shape.json(parts.at(i), out);
        }
        out.write(ascii("]}"));
        out.flush();
        chunks.write('\n');
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// Fields stand in the order of their names there, so some of the head's come behind the elements.
    private static void yaml(Parts parts, OutputStream out) throws IOException {
        String field = parts.shape.field();
        Struct.Builder before = Struct.builder();
        Struct.Builder behind = Struct.builder();
        parts.head.forEach((name, value) -> (name.compareTo(field) < 0 ? before : behind).put(name, value));
        yaml(before.build(), out);
        out.write(ascii(field + (parts.items.isEmpty() ? ": []\n" : ":\n")));
        for (int i = 0; i < parts.items.size(); i++) {
            out.write(Yaml.text(Seq.of(parts.shape.element(parts.at(i)))).getBytes(StandardCharsets.UTF_8));
        }
        yaml(behind.build(), out);
    }

    /// The count of elements stands before them; their length in bytes is not needed.
    private void cbor(Parts parts, OutputStream out) throws IOException {
        int size = parts.items.size();
        CborList list = answers.cborList(parts.head, parts.shape.field(), size);
        out.write(list.begin());
        for (int i = 0; i < size; i++) {
            out.write(list.element(parts.shape.element(parts.at(i))));
        }
    }

    private static void yaml(Struct some, OutputStream out) throws IOException {
        if (!some.isEmpty()) {
            out.write(Yaml.text(some).getBytes(StandardCharsets.UTF_8));
        }
    }

    /// The length of all elements comes before the first of them, so those of a long list are made twice when it is
    /// read for the first time. The second half is counted by another thread meanwhile, and the first elements are
    /// kept.
    private void protobuf(Parts parts, ChunkWriter out) throws IOException {
        ProtobufList list = protobuf.list(parts.head);
        int size = parts.items.size();
        int half = size > LOOK_EVERY ? size / 2 : size;
        if (half < size) {
            // counting is most of the work
            out.reserve();
        }
        FutureTask<Long> rest = new FutureTask<>(() -> length(parts, half, size));
        if (half < size) {
            Thread.ofVirtual().name("apiserver-list").start(rest);
        } else {
            rest.run();
        }
        Kept first = new Kept();
        long length = 0;
        for (int i = 0; i < half; i++) {
            length += length < KEPT_BYTES ? parts.shape.protobuf(parts.at(i), list, first)
                    : parts.shape.protobufBytes(parts.at(i), list);
        }
        length += joined(rest);
        out.write(list.begin(length));
        for (byte[] element : first.elements) {
            out.write(element);
            length -= element.length;
        }
        for (int i = first.elements.size(); i < size; i++) {
            length -= parts.shape.protobuf(parts.at(i), list, out);
        }
        if (length != 0) {
            throw new IllegalStateException("the same objects have another length than before");
        }
        out.write(list.end());
    }

    /// How many bytes some of the elements have.
    private long length(Parts parts, int from, int to) throws IOException {
        ProtobufList list = protobuf.list(parts.head);
        long length = 0;
        for (int i = from; i < to; i++) {
            length += parts.shape.protobufBytes(parts.at(i), list);
        }
        return length;
    }

    /// Waits for the other thread; what has gone wrong there goes on here. Its work ends by itself, since it looks for
    /// the client as this one does.
    private static long joined(FutureTask<Long> counting) throws IOException {
        try {
            return counting.get();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped while a list was counted");
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case IOException gone -> throw gone;
                case RuntimeException wrong -> throw wrong;
                case null, default -> throw new IllegalStateException(failed);
            }
        }
    }

    /// Elements that have been made; each is written at once.
    private static final class Kept extends OutputStream {
        private final List<byte[]> elements = new ArrayList<>();

        @Override
        public void write(int b) {
            elements.add(new byte[] {(byte) b});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            elements.add(Arrays.copyOfRange(bytes, offset, offset + length));
        }
    }
}

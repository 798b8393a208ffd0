package io.k3j.edge;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// One request and its answer, whichever protocol carries them.
///
/// ```
///   WAITING ── respond, stream, upgrade ──► ANSWERING ── last byte handed over ──► ANSWERED
///      └───────────── client went away ─────────┴──────────────────────────────► GONE
/// ```
final class HttpExchange implements Exchange, Runnable {
    private enum State {
        WAITING, ANSWERING, ANSWERED, GONE
    }

    private final RequestHead head;
    private final RequestBody body;
    private final Wire wire;
    private final Link link;
    private final Dispatch dispatch;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private volatile @Nullable AnswerStream stream;
    private volatile @Nullable RawDuplex duplex;
    private volatile @Nullable Endpoint endpoint;
    private volatile boolean pausable;
    private final Endings endings = new Endings();

    HttpExchange(RequestHead head, RequestBody body, Wire wire, Link link, Dispatch dispatch) {
        this.head = head;
        this.body = body;
        this.wire = wire;
        this.link = link;
        this.dispatch = dispatch;
    }

    /// Starts serving on a virtual thread of its own.
    void start() {
        link.requestStarted();
        Thread.startVirtualThread(this);
    }

    /// Serves the request.
    @Override
    public void run() {
        try {
            dispatch.serve(this);
        } finally {
            link.requestFinished();
        }
    }

    /// The endpoint at work on it, null before there is one.
    @Nullable
    Endpoint endpoint() {
        return endpoint;
    }

    /// Says which endpoint is at work.
    void endpoint(Endpoint serving) {
        endpoint = serving;
    }

    Wire wire() {
        return wire;
    }

    Outbox outbox() {
        return link.outbox();
    }

    ByteBufAllocator allocator() {
        return link.channel().alloc();
    }

    /// The incoming bytes, for the connection that feeds them.
    RequestBody incoming() {
        return body;
    }

    /// Whether no answer has begun.
    boolean unanswered() {
        return state.get() == State.WAITING;
    }

    @Override
    public boolean gone() {
        return state.get() == State.GONE;
    }

    /// Whether there is nothing more to do for this exchange.
    boolean over() {
        return state.get() == State.GONE || state.get() == State.ANSWERED;
    }

    /// Whether its connection is about to end.
    boolean leaving() {
        return link.leaving();
    }

    @Override
    public String method() {
        return head.method();
    }

    @Override
    public String path() {
        return head.path();
    }

    @Override
    public String query() {
        return head.query();
    }

    @Override
    public Optional<String> header(String name) {
        return head.header(name);
    }

    @Override
    public Map<String, List<String>> headers() {
        return head.headers();
    }

    @Override
    public String host() {
        return head.host();
    }

    @Override
    public InetSocketAddress remote() {
        return link.remote();
    }

    @Override
    public List<X509Certificate> clientCertificates() {
        return link.certificates();
    }

    @Override
    public String protocol() {
        return head.protocol();
    }

    @Override
    public byte[] body(int maxBytes) throws IOException {
        return body(maxBytes, piece -> {
        });
    }

    @Override
    public byte[] body(int maxBytes, IntConsumer arrived) throws IOException {
        return body.all(maxBytes, arrived);
    }

    @Override
    public InputStream bodyStream() {
        return body;
    }

    @Override
    public void respond(int status, Map<String, String> headers, byte[]... parts) throws IOException {
        long length = Piece.length(parts);
        begin();
        if (length > Limits.SMALL_ANSWER_BYTES && !headOnly()) {
            open(status, headers, length).write(parts);
            closeStream();
            return;
        }
        Piece piece = new Piece(parts, 0, 0, (int) Math.min(length, Integer.MAX_VALUE));
        outbox().post(new WholeAnswer(this, status, headers, piece));
        answered();
    }

    @Override
    public ResponseStream stream(int status, Map<String, String> headers) throws IOException {
        begin();
        String length = headers.get("content-length");
        return open(status, headers, length == null ? -1 : Long.parseLong(length));
    }

    @Override
    public ByteDuplex upgrade(Map<String, String> headers) throws IOException {
        if (!wire.upgradable()) {
            throw new UnsupportedOperationException("an upgrade needs HTTP/1.1");
        }
        begin();
        RawDuplex raw = new RawDuplex(this, link);
        duplex = raw;
        outbox().post(new Upgrade(wire, headers, raw));
        return raw;
    }

    /// Whether the client wants no body.
    boolean headOnly() {
        return head.method().equals("HEAD");
    }

    private void begin() throws IOException {
        if (state.compareAndSet(State.WAITING, State.ANSWERING)) {
            return;
        }
        if (gone()) {
            throw new IOException("the client has gone");
        }
        throw new IllegalStateException("this exchange has its answer already");
    }

    private AnswerStream open(int status, Map<String, String> headers, long length) {
        AnswerStream opened = new AnswerStream(this);
        stream = opened;
        outbox().post(new LongAnswer(wire, status, headers, length));
        return opened;
    }

    private void closeStream() {
        AnswerStream opened = stream;
        if (opened != null) {
            opened.close();
        }
    }

    /// Breaks off whatever has begun, or the request itself.
    void abort() {
        State before = state.getAndUpdate(now -> now == State.ANSWERED ? now : State.GONE);
        if (before == State.WAITING || before == State.ANSWERING) {
            outbox().post(new Reset(wire));
            over("the answer was broken off");
        }
    }

    @Override
    public void mayPause() {
        pausable = true;
        link.mayPause();
    }

    /// How long its client may take nothing of the answer.
    long stallNanos() {
        Patience patience = link.patience();
        return (pausable ? patience.paused() : patience.closed()).toNanos();
    }

    @Override
    public void onEnd(Runnable action) {
        synchronized (endings) {
            if (!over()) {
                endings.add(action);
                return;
            }
        }
        action.run();
    }

    /// The answer has been handed over completely.
    void answered() {
        if (state.compareAndSet(State.ANSWERING, State.ANSWERED)) {
            endings.run();
        }
    }

    /// The client has closed its connection or reset its stream; on the event loop.
    void clientGone() {
        State before = state.getAndUpdate(now -> now == State.ANSWERED ? now : State.GONE);
        if (before == State.WAITING || before == State.ANSWERING) {
            over("the client has gone");
        } else {
            body.fail("the client has gone");
        }
    }

    private void over(String why) {
        body.fail(why);
        AnswerStream opened = stream;
        if (opened != null) {
            opened.drop();
        }
        RawDuplex raw = duplex;
        if (raw != null) {
            raw.peerGone();
        }
        if (endings.any()) {
            Thread.startVirtualThread(endings::run);
        }
    }
}

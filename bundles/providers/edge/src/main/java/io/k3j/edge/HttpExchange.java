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

/// One request and its response, independent of the protocol.
///
/// ```
///   WAITING ── respond, stream, upgrade ──► ANSWERING ── last byte enqueued ──► ANSWERED
///      └───────────── client disconnected ──────┴────────────────────────────► GONE
/// ```
final class HttpExchange implements Exchange, Runnable {
    private enum State {
        WAITING, ANSWERING, ANSWERED, GONE
    }

    private final RequestHead head;
    private final RequestBody body;
    private final ResponseWriter writer;
    private final ClientConnection client;
    private final Dispatch dispatch;
    /// Those that were valid when the request arrived, as upstream judges each request.
    private final List<X509Certificate> certificates;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    /// Ends the answer that has begun, when the client has gone.
    private volatile Runnable answer = () -> {
    };
    private volatile @Nullable Endpoint endpoint;
    private volatile boolean pausable;
    private final Endings endings = new Endings();

    HttpExchange(RequestHead head, RequestBody body, ResponseWriter writer, ClientConnection client,
            Dispatch dispatch) {
        this.head = head;
        this.body = body;
        this.writer = writer;
        this.client = client;
        this.dispatch = dispatch;
        this.certificates = client.validCertificates();
    }

    /// Starts serving on a new virtual thread.
    void start() {
        client.requestStarted();
        Thread.startVirtualThread(this);
    }

    @Override
    public void run() {
        try {
            dispatch.serve(this);
        } finally {
            body.served();
            client.requestFinished();
        }
    }

    /// The endpoint that serves the exchange, null before the dispatch.
    @Nullable
    Endpoint endpoint() {
        return endpoint;
    }

    void endpoint(Endpoint serving) {
        endpoint = serving;
    }

    ResponseWriter writer() {
        return writer;
    }

    Outbox outbox() {
        return client.outbox();
    }

    ByteBufAllocator allocator() {
        return client.channel().alloc();
    }

    RequestBody incoming() {
        return body;
    }

    boolean unanswered() {
        return state.get() == State.WAITING;
    }

    @Override
    public boolean gone() {
        return state.get() == State.GONE;
    }

    boolean over() {
        return state.get() == State.GONE || state.get() == State.ANSWERED;
    }

    boolean leaving() {
        return client.leaving();
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
    public boolean hasHeader(String prefix) {
        return head.hasHeader(prefix);
    }

    @Override
    public String host() {
        return head.host();
    }

    @Override
    public InetSocketAddress remote() {
        return client.remote();
    }

    @Override
    public List<X509Certificate> clientCertificates() {
        return certificates;
    }

    @Override
    public List<X509Certificate> frontProxyCertificates() {
        return client.validFrontProxy();
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
        return body.readAll(maxBytes, arrived);
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
            AnswerStream opened = open(status, headers, length);
            opened.write(parts);
            opened.close();
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
        if (!writer.upgradable()) {
            throw new UnsupportedOperationException("an upgrade needs HTTP/1.1");
        }
        begin();
        RawDuplex raw = new RawDuplex(this, client);
        answer = raw::peerGone;
        outbox().post(new Upgrade(writer, headers, raw));
        return raw;
    }

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
        answer = opened::drop;
        outbox().post(new LongAnswer(writer, status, headers, length));
        return opened;
    }

    @Override
    public void abort() {
        State before = state.getAndUpdate(now -> now == State.ANSWERED ? now : State.GONE);
        if (before == State.WAITING || before == State.ANSWERING) {
            outbox().post(new ExchangeReset(writer));
            terminate("the answer was broken off");
        }
    }

    @Override
    public void mayPause() {
        pausable = true;
        client.mayPause();
    }

    @Override
    public void goAway() {
        client.sendAway();
    }

    /// How long the client may read nothing of the response, in nanoseconds.
    long stallNanos() {
        Patience patience = client.patience();
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

    /// Called when the whole response has been enqueued.
    void answered() {
        if (state.compareAndSet(State.ANSWERING, State.ANSWERED)) {
            body.drop("the answer is complete");
            endings.run();
        }
    }

    /// Called when the client has closed its connection or reset its stream; on the event loop.
    void clientGone() {
        State before = state.getAndUpdate(now -> now == State.ANSWERED ? now : State.GONE);
        if (before == State.WAITING || before == State.ANSWERING) {
            terminate("the client has gone");
        }
    }

    private void terminate(String why) {
        body.fail(why);
        answer.run();
        if (endings.any()) {
            Thread.startVirtualThread(endings::run);
        }
    }
}

package io.k3j.apiserver;

import io.k3j.apiserverapi.Caller;
import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// One HTTP request on its way through the chain. Used by its own thread only.
final class Request {
    /// The most characters of all `Warning` headers together.
    static final int MAX_WARNING_LENGTH = 4 << 10;
    private static final int SHORT_WARNING = 256;
    private final Exchange exchange;
    private final List<String> segments;
    private final Params params;
    private final RequestInfo info;
    private final Set<String> warnings = new LinkedHashSet<>();
    private final String auditId;
    private byte[] body = {};
    private int warningLength;
    private Caller caller = Caller.ANONYMOUS;
    private FlowUids.Flow flow = FlowUids.NONE;
    private Form form = Form.JSON;
    private int status = 200;
    private Answer answer = () -> {
    };
    private long answerLength;

    /// Sends an answer.
    private interface Answer {
        void run() throws IOException;
    }

    /// Understands path and query.
    /// @throws io.k3j.clientapi.ApiFault 400
    Request(Exchange exchange) {
        this.exchange = exchange;
        this.params = Params.parse(exchange.query());
        RequestPath path = RequestPath.of(exchange.path());
        this.segments = path.segments();
        this.info = RequestInfo.of(exchange.method(), path, params);
        this.auditId = exchange.header("Audit-ID").orElseGet(Request::newAuditId);
    }

    /// A random UUID (version 4). It names a request and keeps no secret, so it needs no secure randomness,
    /// which all requests would draw from one lock.
    private static String newAuditId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = random.nextLong() & ~0xf000L | 0x4000L;
        long low = random.nextLong() & ~(3L << 62) | 1L << 63;
        return new UUID(high, low).toString();
    }

    Exchange exchange() {
        return exchange;
    }

    /// The path's segments, decoded, without empty ones.
    List<String> segments() {
        return segments;
    }

    /// The path as upstream compares it for non-resource rules.
    String path() {
        return exchange.path();
    }

    Params params() {
        return params;
    }

    RequestInfo info() {
        return info;
    }

    String auditId() {
        return auditId;
    }

    Caller caller() {
        return caller;
    }

    void caller(Caller who) {
        this.caller = who;
    }

    /// Reads the whole body, before a seat is taken: a client may take its time to send it. Gives the room it takes.
    /// @throws io.k3j.clientapi.ApiFault 413, 429
    BodyBudget.Room receive(BodyBudget budget) throws IOException {
        BodyBudget.Room room = budget.room(caller.user(), exempt());
        try {
            body = Bodies.bytes(exchange, room::arrived);
            room.whole();
            return room;
        } catch (IOException | RuntimeException e) {
            room.close();
            throw e;
        }
    }

    /// Keeps the answer, to be sent when no seat is held any more.
    void answer(int code, Map<String, String> headers, byte[]... parts) {
        status = code;
        answer = () -> exchange.respond(code, headers, parts);
        answerLength = Arrays.stream(parts).mapToLong(part -> part.length).sum();
    }

    /// Sends the answer that was kept, if it was not sent while it was made. Blocks while the client does not read.
    /// @param pool what the large ones of all clients may take that long
    /// @throws io.k3j.clientapi.ApiFault 429
    void send(Pool pool) throws IOException {
        body = new byte[0];
        try (Pool.Room room = pool.room(caller.user(), exempt())) {
            if (answerLength > BodyBudget.SMALL_BYTES) {
                room.more(answerLength);
            }
            answer.run();
        }
    }

    private boolean exempt() {
        return flow.lane() == Seats.Lane.EXEMPT;
    }

    /// The whole body, once it was received.
    byte[] body() {
        return body;
    }

    /// How the request is queued.
    FlowUids.Flow flow() {
        return flow;
    }

    void flow(FlowUids.Flow of) {
        this.flow = of;
    }

    /// The negotiated form of the answer.
    Form form() {
        return form;
    }

    /// Negotiates the form of the answer.
    /// @throws io.k3j.clientapi.ApiFault 406
    Form negotiate(Form.Offer offer) {
        this.form = Form.negotiate(exchange.header("accept").orElse(""), offer, pretty());
        return form;
    }

    private boolean pretty() {
        if (params.has("pretty")) {
            return params.flag("pretty");
        }
        String agent = userAgent();
        return agent.startsWith("curl") || agent.startsWith("Wget") || agent.startsWith("Mozilla/5.0");
    }

    String userAgent() {
        return exchange.header("user-agent").orElse("");
    }

    /// The status answered, 200 until one was sent.
    int status() {
        return status;
    }

    /// Notes the status that is being sent.
    void status(int sent) {
        this.status = sent;
    }

    /// Texts for `Warning` headers, in order.
    Set<String> warnings() {
        return warnings;
    }

    /// Adds one for the client, once. When there are many they become short, then they are left out, as upstream does
    /// it: headers of any length would be refused by the client together with the answer.
    void warn(String text) {
        String said = warningLength + text.length() <= MAX_WARNING_LENGTH || text.length() <= SHORT_WARNING ? text
                : text.substring(0, SHORT_WARNING);
        if (warningLength + said.length() <= MAX_WARNING_LENGTH && warnings.add(said)) {
            warningLength += said.length();
        }
    }
}

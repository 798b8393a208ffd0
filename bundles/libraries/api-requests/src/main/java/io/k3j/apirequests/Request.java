package io.k3j.apirequests;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.edgeapi.Exchange;
import io.k3j.flowcontrol.AnswerBudget;
import io.k3j.flowcontrol.BodyBudget;
import io.k3j.flowcontrol.ClientLane;
import io.k3j.flowcontrol.Pool;
import io.k3j.flowcontrol.RequestFlow;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One HTTP request on its way through the chain: what it is about, who asks, its body, its warnings and its answer.
/// Each filter adds what it has found out. Used by its own thread only.
///
/// Body and answer are apart from the work on purpose: the body is read before a seat is taken and the answer (unless
/// it is a long list) sent after it is given back, so that a slow client keeps nobody else waiting.
public final class Request {
    /// The most characters of all `Warning` headers together; upstream's bound.
    static final int MAX_WARNING_LENGTH = 4 << 10;
    private static final int SHORT_WARNING = 256;
    private final Exchange exchange;
    private final List<String> segments;
    private final Params params;
    private final RequestInfo info;
    private final Set<String> warnings = new LinkedHashSet<>();
    private final String auditId;
    private AuditContext audit = AuditContext.NONE;
    private byte[] body = {};
    private int warningLength;
    private final RequestLabels labels = new RequestLabels();
    private long authenticationNanos;
    private long mutatingNanos;
    private long validatingNanos;
    private Caller caller = Caller.ANONYMOUS;
    private RequestFlow flow = RequestFlow.NONE;
    private Form form = Form.JSON;
    private int status = 200;
    private Answer answer = () -> {
    };
    private long answerLength;
    private long streamed;

    /// Sends an answer.
    private interface Answer {
        void run() throws IOException;
    }

    /// Understands path and query; reads no body.
    ///
    /// @throws io.k3j.clientapi.ApiFault 400 when either cannot be decoded
    public Request(Exchange exchange) {
        this.exchange = exchange;
        this.params = Params.parse(exchange.query());
        RequestPath path = RequestPath.of(exchange.path());
        this.segments = path.segments();
        this.info = RequestInfo.of(exchange.method(), path, params);
        this.auditId = exchange.header("Audit-ID").orElseGet(AuditEvents::newAuditId);
    }

    /// What came over the wire.
    public Exchange exchange() {
        return exchange;
    }

    /// The path's segments, decoded, without empty ones.
    public List<String> segments() {
        return segments;
    }

    /// The path as upstream compares it for non-resource rules: as it was sent, not decoded.
    public String path() {
        return exchange.path();
    }

    /// The query.
    public Params params() {
        return params;
    }

    /// What it is about.
    public RequestInfo info() {
        return info;
    }

    /// The client's own or a new one; every answer has it, and logs on both sides can be joined by it.
    String auditId() {
        return auditId;
    }

    /// What is recorded of it; nothing until somebody wants it.
    public AuditContext audit() {
        return audit;
    }

    /// From now on this records it.
    public void audit(AuditContext by) {
        audit = by;
        by.took(Latency.AUTHENTICATION, authenticationNanos);
        if (exchange instanceof AuditedExchange audited) {
            audited.context(by);
        }
    }

    /// What is asked for, as authorization sees it.
    public Attributes attributes() {
        return info.resource() ? attributes(info.verb()) : Attributes.path(info.verb(), path());
    }

    /// The same with another verb, of a request of a resource.
    public Attributes attributes(String verb) {
        return new Attributes(verb, info.gvr().group(), info.gvr().version(), info.gvr().resource(),
                info.subresource(), info.authorizedNamespace(), info.authorizedName(params), "",
                info.authorizedFields(params), info.authorizedLabels(params));
    }

    /// It took so many nanoseconds to find out who asks, which is told who records it later.
    public void authenticated(long nanos) {
        authenticationNanos = nanos;
    }

    /// So many nanoseconds the webhooks of a step were waited for; of several times as [Latency] says.
    void webhooks(boolean validating, long nanos) {
        validatingNanos = validating ? Math.max(validatingNanos, nanos) : validatingNanos;
        mutatingNanos += validating ? 0 : nanos;
    }

    /// How long it has waited for a seat and for webhooks, in nanoseconds: that is not the server's time.
    long waitedNanos() {
        return mutatingNanos + validatingNanos + flow.waitedNanos();
    }

    /// Who asks; anonymous until that is known.
    public Caller caller() {
        return caller;
    }

    /// Notes who asks.
    public void caller(Caller who) {
        this.caller = who;
    }

    /// Reads the whole body, before a seat is taken: a client may take its time to send it.
    ///
    /// @param budget asked for room while the body arrives, and again for the work on it
    /// @return the room it takes; the caller closes it when the work is done
    /// @throws io.k3j.clientapi.ApiFault 413, 429
    /// @throws IOException when the client has gone or takes too long; then no room is taken
    public BodyBudget.Room receive(BodyBudget budget) throws IOException {
        BodyBudget.Room room = budget.room(caller.user(), exempt());
        try {
            body = Bodies.bytes(exchange, room::arrived);
            room.whole(body, Bodies.mediaType(this));
            return room;
        } catch (IOException | RuntimeException e) {
            room.close();
            throw e;
        }
    }

    /// Keeps the answer, to be sent when no seat is held any more. A second one replaces the first.
    ///
    /// @param parts sent one after the other, not copied: nobody may change them
    public void answer(int code, Map<String, String> headers, byte[]... parts) {
        status = code;
        answer = () -> exchange.respond(code, headers, parts);
        answerLength = 0;
        for (byte[] part : parts) {
            answerLength += part.length;
        }
    }

    /// Sends the answer that was kept, if it was not sent while it was made. Blocks while the client does not read. The
    /// body is let go first: it is not needed any more and may be large.
    ///
    /// @param budget what the large ones of all clients may take that long
    /// @throws io.k3j.clientapi.ApiFault 429 when there is no room for a large one in time; then nothing was sent
    public void send(AnswerBudget budget) throws IOException {
        body = new byte[0];
        audit.took(Latency.QUEUE_WAIT, flow.waitedNanos());
        try (Pool.Room room = budget.room(caller, exchange::abort)) {
            if (answerLength > BodyBudget.SMALL_BYTES) {
                room.more(answerLength);
            }
            answer.run();
        }
    }

    /// Notes bytes of an answer that is sent while it is made.
    void streamed(int bytes) {
        streamed += bytes;
    }

    /// How many bytes the answer's body has; of a watch or connection, none.
    public long sentBytes() {
        return answerLength + streamed;
    }

    /// Administrators, who repair a cluster, do not share bounds with users.
    private boolean exempt() {
        return ClientLane.of(caller) == ClientLane.EXEMPT;
    }

    /// The whole body, once it was received.
    byte[] body() {
        return body;
    }

    /// How the request is queued.
    public RequestFlow flow() {
        return flow;
    }

    /// Notes how it is queued.
    public void flow(RequestFlow of) {
        this.flow = of;
    }

    /// The negotiated form of the answer; plain JSON before [#negotiate].
    public Form form() {
        return form;
    }

    /// Negotiates the form of the answer, once it is known what the endpoint can give.
    ///
    /// @throws io.k3j.clientapi.ApiFault 406
    public Form negotiate(Form.Offer offer) {
        this.form = Form.negotiate(exchange.header("accept").orElse(""), offer, pretty());
        return form;
    }

    /// The query decides; without it those get line breaks behind which a person is likely to sit, as upstream.
    private boolean pretty() {
        if (params.has("pretty")) {
            return params.flag("pretty");
        }
        String agent = userAgent();
        return agent.startsWith("curl") || agent.startsWith("Wget") || agent.startsWith("Mozilla/5.0");
    }

    /// The header `User-Agent`, empty when there is none.
    public String userAgent() {
        return exchange.header("user-agent").orElse("");
    }

    /// The status answered, 200 until one was sent.
    public int status() {
        return status;
    }

    /// Notes the status that is being sent.
    public void status(int sent) {
        this.status = sent;
    }

    /// Texts for `Warning` headers, in order.
    Set<String> warnings() {
        return warnings;
    }

    /// Notes that what it is about is deprecated: for the client, its audit and who counts requests.
    ///
    /// @param warning says so
    /// @param removed with which release it goes, as `1.37`; empty where that is not known
    public void deprecated(String warning, String removed) {
        labels.deprecated(removed);
        warn(warning);
        audit.annotate("k8s.io/deprecated", "true");
        if (!removed.isEmpty()) {
            audit.annotate("k8s.io/removed-release", removed);
        }
    }

    /// What who counts requests may tell of it.
    public RequestLabels labels() {
        return labels;
    }

    /// Adds one for the client, once. When there are many they become short, then they are left out, as upstream does
    /// it: headers of any length would be refused by the client together with the answer.
    public void warn(String text) {
        String said = warningLength + text.length() <= MAX_WARNING_LENGTH || text.length() <= SHORT_WARNING ? text
                : text.substring(0, SHORT_WARNING);
        if (warningLength + said.length() <= MAX_WARNING_LENGTH && warnings.add(said)) {
            warningLength += said.length();
        }
    }
}

package io.k3j.ingress;

import io.k3j.ingressresources.Endpoints;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One request and its answer. All on the event loop that client and endpoint share.
///
/// ```
///   CONNECTING ── connected ──► REQUESTING ── answer's head ──► ANSWERING ── its end ──► ended
///      │  ▲ next endpoint │          │ stale connection: once more     │
///      └──┴───────────────┘          └── 502, 504                      └── broken off
/// ```
final class ProxiedRequest implements Expiring, EndpointSearch.Found {
    private final ClientSide client;
    private final ClientLink link;
    private final RequestFacts facts;
    private final HttpRequest head;
    private final EndpointSearch search;
    private @Nullable UpstreamSide upstream;
    private @Nullable HttpContent waiting;
    private boolean reused;
    private boolean requestEnded;
    private boolean bodySent;
    private boolean answering;
    private boolean keepUpstream;
    private boolean ended;
    private int status;
    private long lastMoved;
    private long stalledSince;

    /// @param head as the endpoint is to get it
    ProxiedRequest(ClientSide client, ClientLink link, RequestFacts facts, HttpRequest head, Endpoints endpoints) {
        this.client = client;
        this.link = link;
        this.facts = facts;
        this.head = head;
        this.search = new EndpointSearch(link.loop(), endpoints, !facts.upgrade().isEmpty(), this);
        this.lastMoved = link.loop().stamp();
    }

    RequestFacts facts() {
        return facts;
    }

    /// The status of the answer, 0 before there is one.
    int status() {
        return status;
    }

    boolean requestEnded() {
        return requestEnded;
    }

    /// The endpoint that answers, or was tried last.
    Optional<InetSocketAddress> endpoint() {
        return Optional.ofNullable(search.last());
    }

    void begin() {
        if (facts.http2()) {
            link.loop().watch(this);
        } else {
            link.work(this);
        }
        search.next("");
    }

    @Override
    public void nothingFound(ErrorAnswer answer, String why) {
        if (!ended) {
            fail(answer, why);
        }
    }

    @Override
    public void found(UpstreamSide found, boolean wasIdle) {
        if (ended) {
            found.release(true, link.loop().stamp());
            return;
        }
        upstream = found;
        reused = wasIdle;
        found.begin(this);
        HttpContent first = waiting;
        waiting = null;
        if (facts.alone() && !facts.expectsContinue() && !found.stream()) {
            // with its end, which need not be waited for
            requestEnded = true;
            found.ask(head);
            ReferenceCountUtil.release(first);
        } else {
            found.channel().write(head);
            if (first == null) {
                found.channel().flush();
            } else {
                send(found, first);
            }
        }
        found.read();
        if (!requestEnded) {
            client.sendContinue(this);
            client.read();
        }
    }

    /// A part of the request's body; taken over.
    void body(HttpContent content) {
        lastMoved = link.loop().stamp();
        UpstreamSide to = upstream;
        if (ended || requestEnded) {
            content.release();
        } else if (to == null) {
            waiting = content;
        } else {
            send(to, content);
            if (!requestEnded && to.channel().isWritable()) {
                client.read();
            }
        }
    }

    private void send(UpstreamSide to, HttpContent content) {
        bodySent |= content.content().isReadable();
        if (content instanceof LastHttpContent last) {
            requestEnded = true;
            if (!last.trailingHeaders().isEmpty()) {
                bodySent = true;
                ForwardedHeaders.trailers(last.trailingHeaders());
            }
        }
        to.channel().writeAndFlush(content);
    }

    /// The endpoint takes more.
    void upstreamWritable() {
        lastMoved = link.loop().stamp();
        if (!ended && !requestEnded) {
            client.read();
        }
    }

    /// The head of the answer.
    void answered(HttpResponse answer) {
        lastMoved = link.loop().stamp();
        if (answer.status().code() == 101) {
            tunnel(answer);
            return;
        }
        Framing framing = Framing.of(answer, facts.headOnly());
        if (framing == null) {
            upstreamFailed("transfer-encoding " + answer.headers().get(HttpHeaderNames.TRANSFER_ENCODING)
                    + " is not supported");
            return;
        }
        answering = true;
        status = answer.status().code();
        keepUpstream = HttpUtil.isKeepAlive(answer) && framing.ends();
        ForwardedHeaders.response(answer.headers());
        client.answer(answer, framing);
    }

    /// A part of the answer's body; taken over.
    void answer(HttpContent content) {
        lastMoved = link.loop().stamp();
        client.write(content);
        if (content instanceof LastHttpContent) {
            end();
        }
    }

    /// What had come of the answer has been handed on.
    void answerRead() {
        UpstreamSide from = upstream;
        client.flush();
        if (!ended && from != null) {
            if (client.writable()) {
                from.read();
            } else {
                stalledSince = link.loop().stamp();
            }
        }
    }

    /// The client takes more.
    void clientWritable() {
        stalledSince = 0;
        UpstreamSide from = upstream;
        if (!ended && from != null) {
            from.read();
        }
    }

    private void unwatch() {
        if (facts.http2()) {
            link.loop().forget(this);
        } else {
            link.done();
        }
    }

    private void end() {
        ended = true;
        unwatch();
        UpstreamSide from = upstream;
        client.flush();
        client.finished(this, "");
        if (from != null) {
            from.release(keepUpstream && requestEnded, link.loop().stamp());
        }
    }

    /// The endpoint's connection has ended, or its answer makes no sense.
    void upstreamFailed(String why) {
        UpstreamSide from = upstream;
        if (ended || from == null) {
            return;
        }
        from.hand();
        from.channel().close();
        upstream = null;
        if (reused && !answering && !bodySent && facts.idempotent()) {
            // an endpoint may close a connection that was idle just when it is used again
            waiting = requestEnded ? LastHttpContent.EMPTY_LAST_CONTENT : waiting;
            requestEnded = false;
            search.connect(from.address());
        } else {
            fail(ErrorAnswer.BAD_GATEWAY, why);
        }
    }

    private void fail(ErrorAnswer answer, String why) {
        letGo();
        if (answering) {
            client.abort();
            client.finished(this, why);
        } else {
            status = answer.code();
            client.refuse(this, answer, why);
        }
    }

    /// The client has gone.
    void clientGone() {
        if (!ended) {
            letGo();
            status = answering ? status : 499;
            client.finished(this, "the client has gone");
        }
    }

    private void letGo() {
        ended = true;
        unwatch();
        HttpContent content = waiting;
        waiting = null;
        ReferenceCountUtil.release(content);
        UpstreamSide from = upstream;
        if (from != null) {
            from.hand();
            from.channel().close();
        }
    }

    private void tunnel(HttpResponse answer) {
        UpstreamSide from = upstream;
        if (facts.upgrade().isEmpty() || from == null) {
            upstreamFailed("the endpoint changes the protocol without being asked");
            return;
        }
        ended = true;
        status = answer.status().code();
        unwatch();
        from.hand();
        client.finished(this, "");
        client.tunnel(answer, facts.upgrade(), from);
    }

    @Override
    public void check(long now) {
        UpstreamSide to = upstream;
        boolean waitsForBody = !answering && !requestEnded && to != null && to.channel().isWritable();
        Overdue overdue = stalledSince != 0 && Overdue.STALLED.since(stalledSince, now) ? Overdue.STALLED
                : Overdue.SILENT.since(lastMoved, now) ? Overdue.SILENT
                        : waitsForBody && Overdue.BODY.since(lastMoved, now) ? Overdue.BODY
                                : !answering && Overdue.ANSWER.since(lastMoved, now) ? Overdue.ANSWER : null;
        if (overdue != null) {
            fail(overdue.answer(), overdue.why());
        }
    }
}

package io.k3j.ingress;

import io.k3j.ingressresources.Endpoints;
import io.k3j.ingressresources.IngressValues;
import io.k3j.ingressrouting.BackendPort;
import io.k3j.ingressrouting.EntryPoint;
import io.k3j.ingressrouting.RequestTarget;
import io.k3j.ingressrouting.Route;
import io.k3j.ingressrouting.RoutingTable;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Lets requests in and says where they go. Any event loop.
final class Proxy {
    private final String server;
    private final Function<BackendPort, Endpoints> backends;
    private final IngressMetrics metrics;
    private final AccessLog log;
    private final Map<Object, ProxyLoop> loops = new ConcurrentHashMap<>();
    private final AtomicInteger atWork = new AtomicInteger();
    private volatile Map<EntryPoint, RoutingTable> tables = Map.of();
    private volatile IngressValues values = IngressValues.NONE;
    private volatile boolean draining;

    /// @param server this server's name
    /// @param backends the endpoints of a backend; must not block
    Proxy(String server, Function<BackendPort, Endpoints> backends, IngressMetrics metrics, AccessLog log) {
        this.server = server;
        this.backends = backends;
        this.metrics = metrics;
        this.log = log;
    }

    /// Routes by these from the next request on.
    void use(Map<EntryPoint, RoutingTable> next) {
        tables = next;
    }

    /// Does as these say from the next request on.
    void use(IngressValues next) {
        values = next;
        log.want(next.accessLog());
    }

    /// Lets no connection of HTTP/1.1 have another request.
    void drain() {
        draining = true;
    }

    boolean draining() {
        return draining;
    }

    void add(ProxyLoop loop) {
        loops.put(loop.loop(), loop);
    }

    /// What belongs to all event loops.
    Collection<ProxyLoop> loops() {
        return loops.values();
    }

    /// What belongs to a channel's event loop.
    ProxyLoop loop(Channel channel) {
        ProxyLoop found = loops.get(channel.eventLoop());
        if (found == null) {
            throw new IllegalStateException("an event loop of somebody else");
        }
        return found;
    }

    /// Begins an exchange for a request, or answers it through `side`.
    ///
    /// @return null when it has been answered
    @Nullable
    ProxiedRequest accept(ClientSide side, ClientLink link, HttpRequest request, boolean http2) {
        ErrorAnswer malformed = malformed(request, http2);
        Optional<RequestTarget> target = malformed != null ? Optional.empty()
                : RequestTarget.of(request.uri(), request.headers().get(HttpHeaderNames.HOST, ""));
        if (target.isEmpty()) {
            metrics.refused(link.entryPoint());
            side.refuse(malformed == null ? ErrorAnswer.BAD_REQUEST : malformed, request);
            return null;
        }
        RequestFacts facts = RequestFacts.of(link.entryPoint(), link.address(), request, target.get(), http2);
        if (facts.hasBody() && !announced(request.headers())) {
            metrics.refused(link.entryPoint());
            side.refuse(ErrorAnswer.BAD_REQUEST, request);
            return null;
        }
        IngressValues.Redirection redirect = link.entryPoint().secure() ? null : values.redirect();
        if (redirect != null && !target.get().host().isEmpty()) {
            decline(side, facts, Redirects.to(redirect, target.get(), request.method()));
            return null;
        }
        RoutingTable table = tables.getOrDefault(link.entryPoint(), RoutingTable.empty());
        Optional<Route> route = table.find(target.get().host(), target.get().path());
        Endpoints endpoints = route.map(r -> backends.apply(r.backend())).orElse(Endpoints.NONE);
        int hops = ForwardedHeaders.hops(request.headers());
        ErrorAnswer no = route.isEmpty() ? ErrorAnswer.NOT_FOUND : unserved(endpoints, hops);
        if (no != null) {
            decline(side, facts, no.response(facts.headOnly()));
            return null;
        }
        atWork.incrementAndGet();
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), target.get().origin(),
                request.headers());
        boolean trailers = request.headers().contains(HttpHeaderNames.TE, "trailers", true);
        ForwardedHeaders.request(request.headers(), new ForwardedHeaders.Client(link.address(),
                link.entryPoint().secure(), link.port(), server, hops), target.get().authority(),
                facts.upgrade(), trailers);
        return new ProxiedRequest(side, link, facts, head, endpoints);
    }

    private void decline(ClientSide side, RequestFacts facts, FullHttpResponse answer) {
        metrics.answered(facts, answer.status().code());
        log.write(facts, answer.status().code(), "", "");
        side.decline(answer, facts);
    }

    /// Why a request that has a route cannot be passed on; null when it can.
    private @Nullable ErrorAnswer unserved(Endpoints endpoints, int hops) {
        if (endpoints.scheme() == Endpoints.Scheme.HTTPS && endpoints.tls() == null) {
            return ErrorAnswer.WANTS_TLS;
        }
        return switch (endpoints.scheme()) {
            case EXTERNAL -> ErrorAnswer.EXTERNAL_NAME;
            case HTTP, HTTPS, H2C -> hops >= IngressLimits.HOPS ? ErrorAnswer.LOOP_DETECTED
                    : atWork.get() >= IngressLimits.REQUESTS ? ErrorAnswer.BUSY : null;
        };
    }

    /// What makes a request one that is not understood by all in the same way; null when nothing does.
    private static @Nullable ErrorAnswer malformed(HttpRequest request, boolean http2) {
        if (request.decoderResult().isFailure()) {
            return switch (request.decoderResult().cause()) {
                case TooLongHttpLineException line -> ErrorAnswer.URI_TOO_LONG;
                case TooLongHttpHeaderException header -> ErrorAnswer.HEADER_TOO_LARGE;
                case null, default -> ErrorAnswer.BAD_REQUEST;
            };
        }
        HttpHeaders headers = request.headers();
        boolean http10 = !http2 && !request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        Iterator<? extends CharSequence> codings = headers.valueCharSequenceIterator(HttpHeaderNames.TRANSFER_ENCODING);
        // more than one, or one that is not just chunked
        boolean coded = codings.hasNext() && (http10
                || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.next()) || codings.hasNext());
        Iterator<? extends CharSequence> hosts = headers.valueCharSequenceIterator(HttpHeaderNames.HOST);
        boolean hosted = hosts.hasNext() ? one(hosts) : http10;
        boolean version = request.protocolVersion().majorVersion() == 1;
        if (headers.size() > IngressLimits.HEADER_COUNT) {
            return ErrorAnswer.HEADER_TOO_LARGE;
        }
        if (coded || !hosted || !version) {
            return ErrorAnswer.BAD_REQUEST;
        }
        String method = request.method().name();
        return method.equals("CONNECT") || method.equals("TRACE") ? ErrorAnswer.METHOD_NOT_ALLOWED : null;
    }

    /// Whether the head says that a body follows. The codec takes eight bytes without that for a draft of websockets,
    /// which whoever gets the request would take for the beginning of the next one.
    private static boolean announced(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.CONTENT_LENGTH) || headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
    }

    private static boolean one(Iterator<? extends CharSequence> values) {
        values.next();
        return !values.hasNext();
    }

    /// An exchange has ended.
    void finished(ProxiedRequest exchange, String why) {
        atWork.decrementAndGet();
        metrics.answered(exchange.facts(), exchange.status());
        if (log.wanted()) {
            log.write(exchange.facts(), exchange.status(), exchange.endpoint().map(Object::toString).orElse(""), why);
        }
    }
}

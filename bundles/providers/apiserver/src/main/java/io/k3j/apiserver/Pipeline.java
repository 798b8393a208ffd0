package io.k3j.apiserver;

import io.k3j.apiaccess.Access;
import io.k3j.apiaccess.Auditing;
import io.k3j.apiaccess.Cors;
import io.k3j.apiaccess.StrictTransport;
import io.k3j.apicontributions.Contributions;
import io.k3j.apidiscovery.RemoteApis;
import io.k3j.apirequests.AuditContext;
import io.k3j.apirequests.GoAwayChance;
import io.k3j.apirequests.Request;
import io.k3j.apirequests.RequestInfo;
import io.k3j.apirequests.RequestMetrics;
import io.k3j.apirequests.RequestTimeout;
import io.k3j.apirequests.Responses;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.flowcontrol.RequestDigest;
import io.k3j.flowcontrol.RequestLimits;
import io.k3j.flowcontrol.Seats;
import io.k3j.model.Struct;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/// The request chain: authentication, authorization, body, seat, handler. A request holds a seat only while the
/// server works on it: not while its client sends or reads, and not for watches and connections. See
/// <https://kubernetes.io/docs/concepts/security/controlling-access/>.
final class Pipeline implements Endpoint {
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private static final int FAULTS = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int TOO_MANY = 429;
    private static final int TIMEOUT = 504;
    private final Filters filters;
    private final ResourceHandler resources;
    private final Paths paths;
    private final Responses answers;
    private final RequestMetrics metrics;

    /// The filters of every request.
    record Filters(Contributions contributions, Access access, Auditing auditing, RequestLimits limits,
            InFlight inFlight, RemoteApis remote, GoAwayChance goAway, Cors cors, StrictTransport transport) {
    }

    Pipeline(Filters filters, ResourceHandler resources, Paths paths, Responses answers, RequestMetrics metrics) {
        this.filters = filters;
        this.resources = resources;
        this.paths = paths;
        this.answers = answers;
        this.metrics = metrics;
    }

    @Override
    public Set<String> prefixes() {
        return Set.of("/");
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        long start = System.nanoTime();
        filters.goAway.consider(exchange);
        Exchange seen = filters.cors.seen(filters.transport.seen(exchange));
        if (Cors.answers(seen)) {
            return;
        }
        Request request;
        try {
            request = new Request(filters.auditing.seen(seen));
        } catch (ApiFault f) {
            seen.respond(f.code(), Map.of("content-type", "application/json"),
                    Json.bytes(f.status()));
            return;
        }
        try (InFlight.Ticket ticket = filters.inFlight.begin()) {
            served(request, ticket);
        } finally {
            metrics.request(request, request.status(), System.nanoTime() - start);
        }
    }

    /// With the end of its audit, which a server that stops waits for as well.
    private void served(Request request, InFlight.Ticket ticket) throws IOException {
        try {
            answer(request, ticket);
            send(request);
        } catch (Error e) {
            request.audit().panicked(e);
            throw e;
        } finally {
            if (request.audit().enabled()) {
                completed(request);
            }
        }
    }

    /// A watch goes on behind this thread, and ends on one that must not wait. Who goes on without a ticket takes one
    /// for the end of his audit.
    private void completed(Request request) {
        AuditContext audit = request.audit();
        if (request.info().verb().equals("watch")) {
            request.exchange().onEnd(() -> {
                InFlight.Ticket end = filters.inFlight.begin();
                Thread.ofVirtual().name("apiserver-audit").start(() -> complete(audit, end));
            });
        } else {
            complete(audit, filters.inFlight.begin());
        }
    }

    private static void complete(AuditContext audit, InFlight.Ticket ticket) {
        try (ticket) {
            audit.completed();
        }
    }

    private void answer(Request request, InFlight.Ticket ticket) throws IOException {
        try {
            chain(request, ticket);
        } catch (ApiFault f) {
            if (f.code() == TIMEOUT || f.code() == TOO_MANY && Seats.REFUSAL.equals(f.getMessage())) {
                metrics.terminated(request, f.code());
            }
            answers.fault(request, f);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "Request failed verb=" + request.info().verb() + " resource="
                    + request.info().gvr().qualified(), e);
            request.audit().panicked(e);
            answers.fault(request, ApiFault.internal(String.valueOf(e.getMessage())));
        }
    }

    private void send(Request request) throws IOException {
        try {
            request.send(filters.limits.answers());
        } catch (ApiFault full) {
            // a completed write must not look refused to its client
            answers.fault(request, request.info().reads() || request.status() >= FAULTS ? full
                    : new ApiFault(504, "Timeout", "the request was carried out, but its answer is too large to be"
                            + " sent while others of yours are read slowly", Struct.EMPTY));
            request.send(filters.limits.answers());
        }
    }

    private void chain(Request request, InFlight.Ticket ticket) throws IOException {
        RequestInfo info = request.info();
        if (info.resource()) {
            filters.contributions.awaitComplete();
        }
        Caller caller = caller(request);
        Duration timeout = RequestTimeout.of(request);
        request.caller(filters.access.acting(request, caller));
        request.flow(filters.limits.flows().classify(new RequestDigest(request.caller(), info.resource(), info.verb(),
                info.gvr(), info.subresource(), info.authorizedNamespace(), request.path(), info.name()))
                .within(timeout));
        Runnable longRunning = () -> goesOn(request, ticket);
        if (filters.remote.serve(request, longRunning)) {
            return;
        }
        if (info.resource()) {
            resources.serve(request, longRunning);
            return;
        }
        filters.access.allowed(request, request.attributes());
        filters.limits.seats().in(request.flow(), !info.reads(), 1, () -> {
            paths.serve(request);
            return request;
        });
    }

    /// It needs nothing of the datastore any more.
    private void goesOn(Request request, InFlight.Ticket ticket) {
        ticket.close();
        metrics.goesOn(request);
    }

    /// Who asks, from now on recorded.
    private Caller caller(Request request) {
        Caller caller;
        try {
            caller = filters.access.caller(request);
        } catch (ApiFault unknown) {
            if (unknown.code() == UNAUTHORIZED) {
                filters.auditing.unauthenticated(request);
            }
            throw unknown;
        }
        filters.auditing.begin(request, caller);
        return caller;
    }
}

package io.k3j.apiserver;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Connect;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.FieldSelector;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The request chain in upstream's order: who, a seat, may it, then the work. See
/// <https://kubernetes.io/docs/concepts/security/controlling-access/>.
final class Pipeline implements Endpoint {
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final Core core;
    private final Watches watches;
    private final Changes changes;
    private final Subresources subresources;
    private final Paths paths;
    private final Metrics metrics;

    Pipeline(Core core, Watches watches, Paths paths, Metrics metrics) {
        this.core = core;
        this.watches = watches;
        this.changes = new Changes(core);
        this.subresources = new Subresources(core);
        this.paths = paths;
        this.metrics = metrics;
    }

    @Override
    public Set<String> prefixes() {
        return Set.of("/");
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        long start = System.nanoTime();
        Request request;
        try {
            request = new Request(exchange);
        } catch (ApiFault f) {
            exchange.respond(f.code(), Map.of("content-type", "application/json"),
                    Json.bytes(f.status()));
            return;
        }
        try {
            chain(request);
        } catch (ApiFault f) {
            core.answers().fault(request, f);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "request failed verb=" + request.info().verb() + " resource="
                    + request.info().gvr().qualified(), e);
            core.answers().fault(request, ApiFault.internal(String.valueOf(e.getMessage())));
        } finally {
            metrics.request(request.info(), request.status(), System.nanoTime() - start);
        }
    }

    private void chain(Request request) throws IOException {
        RequestInfo info = request.info();
        if (info.resource()) {
            core.settle();
        }
        request.caller(core.access().caller(request));
        boolean write = switch (info.verb()) {
            case "get", "list", "watch", "head", "options" -> false;
            default -> true;
        };
        if (info.verb().equals("watch") || longRunning(info)) {
            authorized(request);
            return;
        }
        try (Seats.Seat _ = core.seats().take(write)) {
            authorized(request);
        }
    }

    private static boolean longRunning(RequestInfo info) {
        return switch (info.subresource()) {
            case "exec", "attach", "portforward", "proxy", "log" -> true;
            default -> false;
        };
    }

    private void authorized(Request request) throws IOException {
        RequestInfo info = request.info();
        if (!info.resource()) {
            core.access().allowed(request.caller(), Attributes.path(info.verb(), request.path()));
            paths.serve(request);
            return;
        }
        core.access().allowed(request.caller(), attributes(request, info.verb()));
        if (info.verb().equals("get") && runsSomething(info.subresource())) {
            core.access().allowed(request.caller(), attributes(request, "create"));
        }
        Optional<ResourceKind> kind = core.kinds().find(info.gvr());
        if (kind.isEmpty()
                || info.namespace().isEmpty() == kind.get().namespaced() && !acrossNamespaces(info, kind.get())) {
            throw noSuchResource();
        }
        resource(request, new Target(kind.get(), core.kinds()));
    }

    private static Attributes attributes(Request request, String verb) {
        RequestInfo info = request.info();
        return new Attributes(verb, info.gvr().group(), info.gvr().version(), info.gvr().resource(),
                info.subresource(), info.authorizedNamespace(), info.authorizedName(request.params()), "",
                info.authorizedFields(request.params()));
    }

    /// WebSockets begin with a GET; what they do takes more than the right to read.
    private static boolean runsSomething(String subresource) {
        return switch (subresource) {
            case "exec", "attach", "portforward" -> true;
            default -> false;
        };
    }

    private static boolean acrossNamespaces(RequestInfo info, ResourceKind kind) {
        return kind.namespaced() && info.name().isEmpty();
    }

    /// 404 for a path that leads nowhere.
    static ApiFault noSuchResource() {
        return new ApiFault(404, "NotFound", "the server could not find the requested resource", Struct.EMPTY);
    }

    private void resource(Request request, Target target) throws IOException {
        RequestInfo info = request.info();
        if (!info.subresource().isEmpty()) {
            subresource(request, target);
            return;
        }
        boolean named = !info.name().isEmpty();
        if (!target.kind().verbs().contains(info.verb()) || named != info.ofOne() && !info.verb().equals("watch")) {
            throw Resources.notAllowed();
        }
        request.negotiate(core.renderer().offer(target.kind()));
        if (!target.kind().storage().stored()) {
            subresources.act(request, target, target.kind().gvk());
            return;
        }
        boolean builtIn = core.renderer().builtIn(target.kind());
        switch (info.verb()) {
            case "get" -> core.resources().get(request, target);
            case "list" -> {
                ListOptions options = ListOptions.of(request.params(), false);
                core.resources().list(request, selection(request, target, options), options);
            }
            case "watch" -> {
                ListOptions options = ListOptions.of(request.params(), true);
                watches.serve(request, selection(request, target, options), options);
            }
            case "create" -> changes.create(request, target);
            case "update" -> changes.update(request, target);
            case "patch" -> changes.patch(request, target, builtIn);
            case "delete" -> changes.delete(request, target);
            case "deletecollection" -> {
                ListOptions options = ListOptions.of(request.params(), false);
                changes.deleteAll(request, selection(request, target, options), options);
            }
            default -> throw Resources.notAllowed();
        }
    }

    private static Selection selection(Request request, Target target, ListOptions options) {
        FieldSelector fields = request.info().name().isEmpty() ? options.fields()
                : FieldSelector.of("metadata.name", request.info().name());
        return Selection.of(target, request.info().namespace(), options.labels(), fields);
    }

    private void subresource(Request request, Target target) throws IOException {
        RequestInfo info = request.info();
        ResourceKind.Subresource sub = target.kind().subresource(info.subresource())
                .orElseThrow(Pipeline::noSuchResource);
        Optional<Connect> connect = core.extensions().connect(target.gvr(), info.subresource());
        if (connect.isPresent()) {
            Intent intent = Changes.intent(request, target);
            core.admissions().validate(intent.write(Operation.CONNECT, null), Struct.EMPTY);
            connect.get().serve(new Connect.Call(request.caller(), info.key(), info.rest(), request.exchange()));
            return;
        }
        if (!sub.verbs().contains(info.verb())) {
            throw Resources.notAllowed();
        }
        request.negotiate(new Form.Offer(core.protobuf().knows(sub.kind()), true, true, false));
        Gvk own = target.kind().gvk();
        Gvr gvr = target.gvr();
        if (sub.name().equals("scale")) {
            subresources.scale(request, target);
        } else if (info.verb().equals("create")) {
            subresources.act(request, target, sub.kind());
        } else if (!sub.kind().equals(own)) {
            throw ApiFault.unavailable("nobody serves " + gvr.qualified() + "/" + sub.name());
        } else {
            whole(request, target);
        }
    }

    /// A subresource that shows and takes the whole object.
    private void whole(Request request, Target target) throws IOException {
        switch (request.info().verb()) {
            case "get" -> core.resources().get(request, target);
            case "update" -> changes.update(request, target);
            case "patch" -> changes.patch(request, target, core.renderer().builtIn(target.kind()));
            default -> throw Resources.notAllowed();
        }
    }
}

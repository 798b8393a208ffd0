package io.k3j.apiserver;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Connect;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.FieldSelector;
import io.k3j.model.Struct;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The request chain: who, may it, its body, a seat, then the work. A seat is held only while the server works: not
/// while a client sends or reads, and not by what stays for as long as the client likes. See
/// <https://kubernetes.io/docs/concepts/security/controlling-access/>.
final class Pipeline implements Endpoint {
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private static final int FAULTS = 400;
    private final Core core;
    private final Watches watches;
    private final Changes changes;
    private final Subresources subresources;
    private final ComponentStatuses components;
    private final FlowUids flows;
    private final Paths paths;
    private final Metrics metrics;

    Pipeline(Core core, Watches watches, Paths paths, Metrics metrics) {
        this.core = core;
        this.watches = watches;
        this.changes = new Changes(core);
        this.subresources = new Subresources(core);
        this.components = new ComponentStatuses(core);
        this.flows = new FlowUids(core);
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
            answer(request);
            send(request);
        } finally {
            metrics.request(request.info(), request.status(), System.nanoTime() - start);
        }
    }

    private void answer(Request request) throws IOException {
        try {
            chain(request);
        } catch (ApiFault f) {
            core.answers().fault(request, f);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "request failed verb=" + request.info().verb() + " resource="
                    + request.info().gvr().qualified(), e);
            core.answers().fault(request, ApiFault.internal(String.valueOf(e.getMessage())));
        }
    }

    private void send(Request request) throws IOException {
        try {
            request.send(core.answerPool());
        } catch (ApiFault full) {
            // what was written is written: its client must not take it for refused
            core.answers().fault(request, request.info().reads() || request.status() >= FAULTS ? full
                    : new ApiFault(504, "Timeout", "the request was carried out, but its answer is too large to be"
                            + " sent while others of yours are read slowly", Struct.EMPTY));
            request.send(core.answerPool());
        }
    }

    private void chain(Request request) throws IOException {
        RequestInfo info = request.info();
        if (info.resource()) {
            core.settle();
        }
        request.caller(core.access().caller(request));
        request.flow(flows.of(FlowSchema.of(request.caller(), info, request.path())));
        if (!info.resource()) {
            core.access().allowed(request.caller(), Attributes.path(info.verb(), request.path()));
            seated(request, () -> paths.serve(request));
            return;
        }
        core.access().allowed(request.caller(), attributes(request, info.verb()));
        Optional<ResourceKind> kind = core.kinds().find(info.gvr());
        if (kind.isEmpty()
                || info.namespace().isEmpty() == kind.get().namespaced() && !acrossNamespaces(info, kind.get())) {
            throw noSuchResource();
        }
        Target target = new Target(kind.get(), core.kinds());
        if (info.subresource().isEmpty()) {
            resource(request, target);
        } else {
            subresource(request, target);
        }
    }

    /// Work of a request.
    private interface Work {
        void run() throws IOException;
    }

    private void seated(Request request, Work work) throws IOException {
        core.seats().in(request.flow().lane(), !request.info().reads(), () -> {
            work.run();
            return request;
        });
    }

    private static Attributes attributes(Request request, String verb) {
        RequestInfo info = request.info();
        return new Attributes(verb, info.gvr().group(), info.gvr().version(), info.gvr().resource(),
                info.subresource(), info.authorizedNamespace(), info.authorizedName(request.params()), "",
                info.authorizedFields(request.params()));
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
        ResourceKind kind = target.kind();
        boolean watch = info.verb().equals("watch");
        boolean named = !info.name().isEmpty();
        boolean everywhere = kind.namespaced() && info.namespace().isEmpty();
        if (!kind.verbs().contains(info.verb()) || named != info.ofOne() && !watch || everywhere && !info.reads()
                || watch && !request.exchange().method().equals("GET")) {
            throw Resources.notAllowed();
        }
        boolean rows = kind.storage().stored() || info.reads();
        request.negotiate(rows ? core.renderer().offer(kind)
                : new Form.Offer(core.renderer().builtIn(kind), false, false, false));
        if (watch) {
            ListOptions options = ListOptions.of(request.params(), true);
            watches.serve(request, selection(request, target, options), options);
            return;
        }
        received(request, () -> object(request, target));
    }

    /// Takes the body in before a seat is taken, then works.
    private void received(Request request, Work work) throws IOException {
        if (request.info().reads()) {
            seated(request, work);
            return;
        }
        try (BodyBudget.Room _ = request.receive(core.bodyBudget())) {
            seated(request, work);
        }
    }

    private void object(Request request, Target target) throws IOException {
        if (!target.kind().storage().stored() && request.info().reads()) {
            components.serve(request, target);
            return;
        }
        if (!target.kind().storage().stored()) {
            subresources.act(request, target, target.kind().gvk());
            return;
        }
        switch (request.info().verb()) {
            case "get" -> core.resources().get(request, target);
            case "list" -> {
                ListOptions options = ListOptions.of(request.params(), false);
                core.resources().list(request, selection(request, target, options), options);
            }
            case "create" -> changes.create(request, target);
            case "update" -> changes.update(request, target);
            case "patch" -> changes.patch(request, target, core.renderer().builtIn(target.kind()));
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
        if (info.verb().equals("watch") || !sub.connection() && !info.rest().isEmpty() && !info.rest().equals("/")) {
            throw noSuchResource();
        }
        if (!sub.verbs().contains(info.verb()) && !(sub.connection() && info.verb().equals("options"))) {
            throw Resources.notAllowed();
        }
        if (!sub.needs().isEmpty() && !sub.needs().equals(info.verb())) {
            core.access().allowed(request.caller(), attributes(request, sub.needs()));
        }
        if (sub.connection()) {
            connect(request, target, sub);
            return;
        }
        request.negotiate(new Form.Offer(core.protobuf().knows(sub.kind()), true, true, false));
        received(request, () -> part(request, target, sub));
    }

    private void connect(Request request, Target target, ResourceKind.Subresource sub) throws IOException {
        RequestInfo info = request.info();
        Connect connect = core.extensions().connect(target.gvr(), info.subresource())
                .orElseThrow(() -> nobody(target, sub));
        Connect.Call call = new Connect.Call(request.caller(), info.key(), info.rest(), request.exchange());
        if (sub.kind().equals(target.kind().gvk())) {
            // what shows the object itself, as its log, is a read: admission has no say in those
            connect.serve(call);
            return;
        }
        core.operations().connect(Changes.intent(request, target), connect,
                ConnectOptions.of(sub.kind(), request.params(), info.rest()), call);
    }

    private static ApiFault nobody(Target target, ResourceKind.Subresource sub) {
        return ApiFault.unavailable("nobody serves " + target.gvr().qualified() + "/" + sub.name());
    }

    private void part(Request request, Target target, ResourceKind.Subresource sub) throws IOException {
        if (sub.name().equals("scale")) {
            subresources.scale(request, target);
        } else if (request.info().verb().equals("create")) {
            subresources.act(request, target, sub.kind());
        } else if (!sub.kind().equals(target.kind().gvk())) {
            throw nobody(target, sub);
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

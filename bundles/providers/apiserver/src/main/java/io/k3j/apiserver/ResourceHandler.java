package io.k3j.apiserver;

import io.k3j.apiaccess.Access;
import io.k3j.apirequests.ListQuery;
import io.k3j.apirequests.Renderer;
import io.k3j.apirequests.Request;
import io.k3j.apirequests.RequestInfo;
import io.k3j.apirequests.Responses;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiwatches.Watches;
import io.k3j.clientapi.ApiFault;
import io.k3j.flowcontrol.BodyBudget;
import io.k3j.flowcontrol.RequestLimits;
import io.k3j.model.FieldSelector;
import io.k3j.objectregistry.Kinds;
import io.k3j.objectregistry.ListOptions;
import io.k3j.objectregistry.Selection;
import io.k3j.objectregistry.Target;
import io.k3j.watchcache.StorageKeys;
import java.io.IOException;

/// Serves resource requests: resolves the kind and calls the handler of the verb. The body is received before a seat
/// is taken.
final class ResourceHandler {
    /// How a warning tells the release with which a kind goes.
    private static final String REMOVED = ", unavailable in v";
    private final Access access;
    private final RequestLimits limits;
    private final Kinds kinds;
    private final Renderer renderer;
    private final Handlers handlers;

    /// The handlers of verbs and subresources.
    record Handlers(ReadHandler reads, WriteHandler writes, Subresources subresources, ScaleHandler scale,
            UnstoredReads unstored, Watches watches) {
    }

    ResourceHandler(Access access, RequestLimits limits, Kinds kinds, Renderer renderer, Handlers handlers) {
        this.access = access;
        this.limits = limits;
        this.kinds = kinds;
        this.renderer = renderer;
        this.handlers = handlers;
    }

    /// Serves a request of an authenticated caller.
    ///
    /// @param longRunning called when it goes on for as long as its client likes, without the datastore
    /// @throws ApiFault 403, 404, 503 …
    void serve(Request request, Runnable longRunning) throws IOException {
        RequestInfo info = request.info();
        access.allowed(request, request.attributes());
        ResourceKind kind = kinds.find(info.gvr()).orElseThrow(Responses::noSuchResource);
        boolean allNamespaces = kind.namespaced() && info.name().isEmpty();
        if (info.namespace().isEmpty() == kind.namespaced() && !allNamespaces) {
            throw Responses.noSuchResource();
        }
        Target target = new Target(kind, kinds);
        if (info.subresource().isEmpty()) {
            deprecated(request, target);
            resource(request, target, longRunning);
        } else {
            subresource(request, target, longRunning);
        }
    }

    /// While nobody knows it for a moment nothing is refused because of it. With which release a kind goes is told of
    /// Kubernetes' own, whose warnings are upstream's: what a definition says is anything.
    private void deprecated(Request request, Target target) {
        String warning;
        try {
            warning = target.hooks().deprecated(target.kind().gvk());
        } catch (ApiFault away) {
            return;
        }
        if (!warning.isEmpty()) {
            request.deprecated(warning, renderer.builtIn(target.kind().gvk()) ? removedRelease(warning) : "");
        }
    }

    private static String removedRelease(String warning) {
        int from = warning.indexOf(REMOVED);
        int end = from < 0 ? from : warning.indexOf('+', from);
        return end < 0 ? "" : warning.substring(from + REMOVED.length(), end);
    }

    /// The part of a request that runs in a seat.
    private interface Work {
        void run() throws IOException;
    }

    private void inSeat(Request request, int width, Work work) throws IOException {
        limits.seats().in(request.flow(), !request.info().reads(), width, () -> {
            work.run();
            return request;
        });
    }

    private void resource(Request request, Target target, Runnable longRunning) throws IOException {
        RequestInfo info = request.info();
        ResourceKind kind = target.kind();
        boolean watch = info.verb().equals("watch");
        boolean named = !info.name().isEmpty();
        boolean allNamespaces = kind.namespaced() && info.namespace().isEmpty();
        if (!kind.verbs().contains(info.verb()) || named != info.ofOne() && !watch || allNamespaces && !info.reads()
                || watch && !request.exchange().method().equals("GET")) {
            throw ReadHandler.notAllowed();
        }
        boolean rows = kind.storage().stored() || info.reads();
        request.negotiate(renderer.offer(kind.gvk(), rows));
        if (watch) {
            ListOptions options = ListQuery.options(request.params(), true);
            handlers.watches.serve(request, selection(request, target, options), options, longRunning);
            return;
        }
        if (!rows) {
            handlers.subresources.await(request);
        }
        withBody(request, target, () -> object(request, target));
    }

    /// Receives the body before a seat is taken, and waits for room for the object it changes, then works.
    private void withBody(Request request, Target target, Work work) throws IOException {
        if (request.info().reads()) {
            inSeat(request, width(request, target), work);
            return;
        }
        try (BodyBudget.Room room = request.receive(limits.bodies())) {
            String verb = request.info().verb();
            if (target.kind().storage().stored() && (verb.equals("update") || verb.equals("patch"))) {
                room.meets(handlers.reads.known(request, target));
            }
            inSeat(request, 1, work);
        }
    }

    /// How many seats a request takes; several where a list tells much.
    private int width(Request request, Target target) {
        RequestInfo info = request.info();
        if (!info.verb().equals("list") || !target.kind().storage().stored()
                || !info.authorizedName(request.params()).isEmpty()) {
            return 1;
        }
        return limits.flows().width(request.flow(), StorageKeys.scope(target.kind(), info.namespace()),
                limit(request.params().text("limit")));
    }

    /// What is no number is refused later.
    private static long limit(String text) {
        try {
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private void object(Request request, Target target) throws IOException {
        if (!target.kind().storage().stored() && request.info().reads()) {
            handlers.unstored.serve(request, target);
            return;
        }
        if (!target.kind().storage().stored()) {
            handlers.subresources.act(request, target, target.kind().gvk());
            return;
        }
        switch (request.info().verb()) {
            case "get" -> handlers.reads.get(request, target);
            case "list" -> {
                ListOptions options = ListQuery.options(request.params(), false);
                handlers.reads.list(request, selection(request, target, options), options);
            }
            case "create" -> handlers.writes.create(request, target);
            case "update" -> handlers.writes.update(request, target);
            case "patch" -> handlers.writes.patch(request, target, renderer.builtIn(target.kind().gvk()));
            case "delete" -> handlers.writes.delete(request, target);
            case "deletecollection" -> {
                ListOptions options = ListQuery.options(request.params(), false);
                handlers.writes.deleteAll(request, selection(request, target, options), options);
            }
            default -> throw ReadHandler.notAllowed();
        }
    }

    private static Selection selection(Request request, Target target, ListOptions options) {
        FieldSelector fields = request.info().name().isEmpty() ? options.fields()
                : FieldSelector.of("metadata.name", request.info().name());
        return Selection.of(target, request.info().namespace(), options.labels(), fields);
    }

    private void subresource(Request request, Target target, Runnable longRunning) throws IOException {
        RequestInfo info = request.info();
        ResourceKind.Subresource sub = target.kind().subresource(info.subresource())
                .orElseThrow(Responses::noSuchResource);
        deprecated(request, target);
        if (info.verb().equals("watch") || !sub.connection() && !info.rest().isEmpty() && !info.rest().equals("/")) {
            throw Responses.noSuchResource();
        }
        if (!sub.verbs().contains(info.verb()) && !(sub.connection() && info.verb().equals("options"))) {
            throw ReadHandler.notAllowed();
        }
        if (!sub.needs().isEmpty() && !sub.needs().equals(info.verb())) {
            access.allowed(request.caller(), request.attributes(sub.needs()));
        }
        if (sub.connection()) {
            longRunning.run();
            handlers.subresources.connect(request, target, sub);
            return;
        }
        request.negotiate(renderer.offer(sub.kind(), true));
        if (info.verb().equals("create") && !sub.name().equals("scale")) {
            handlers.subresources.await(request);
        }
        withBody(request, target, () -> subresourceObject(request, target, sub));
    }

    private void subresourceObject(Request request, Target target, ResourceKind.Subresource sub) throws IOException {
        if (sub.name().equals("scale")) {
            handlers.scale.serve(request, target);
        } else if (request.info().verb().equals("create")) {
            handlers.subresources.act(request, target, sub.kind());
        } else if (!sub.kind().equals(target.kind().gvk())) {
            throw Subresources.notServed(target, sub);
        } else {
            wholeObject(request, target);
        }
    }

    /// Serves a subresource that shows and takes the whole object.
    private void wholeObject(Request request, Target target) throws IOException {
        switch (request.info().verb()) {
            case "get" -> handlers.reads.get(request, target);
            case "update" -> handlers.writes.update(request, target);
            case "patch" -> handlers.writes.patch(request, target, renderer.builtIn(target.kind().gvk()));
            default -> throw ReadHandler.notAllowed();
        }
    }
}

package io.k3j.apiserver;

import io.k3j.apirequests.Bodies;
import io.k3j.apirequests.Params;
import io.k3j.apirequests.Request;
import io.k3j.apirequests.RequestRemarks;
import io.k3j.apirequests.Responses;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import io.k3j.objectregistry.FieldManagement;
import io.k3j.objectregistry.Intent;
import io.k3j.objectregistry.ListOptions;
import io.k3j.objectregistry.ListPage;
import io.k3j.objectregistry.ObjectDecoder;
import io.k3j.objectregistry.ObjectReads;
import io.k3j.objectregistry.Selection;
import io.k3j.objectregistry.Target;
import io.k3j.objectregistry.WriteResult;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.util.List;

/// Serves writes over HTTP: create, update, patch, delete, deletecollection.
final class WriteHandler {
    private final Operations operations;
    private final Bodies bodies;
    private final ObjectReads reads;
    private final ReadHandler resources;
    private final Responses answers;

    /// @param resources sends the resulting object
    WriteHandler(Operations operations, Bodies bodies, ObjectReads reads, ReadHandler resources, Responses answers) {
        this.operations = operations;
        this.bodies = bodies;
        this.reads = reads;
        this.resources = resources;
        this.answers = answers;
    }

    /// POST to a collection.
    void create(Request request, Target target) throws IOException {
        Intent intent = intent(request, target);
        Struct body = bodies.object(request, expected(request, target));
        answer(request, target, operations.create(intent, body));
    }

    /// PUT.
    void update(Request request, Target target) throws IOException {
        Intent intent = intent(request, target);
        Struct body = bodies.object(request, expected(request, target));
        answer(request, target, operations.update(intent, body));
    }

    /// PATCH.
    void patch(Request request, Target target, boolean builtIn) throws IOException {
        Patch patch = bodies.patch(request, builtIn);
        answer(request, target, operations.patch(intent(request, target), patch, expected(request, target)));
    }

    /// DELETE of one object.
    void delete(Request request, Target target) throws IOException {
        Struct options = bodies.deleteOptions(request);
        Intent intent = intent(request, target).with(options);
        DeleteOptions deleteOptions = Bodies.options(options);
        WriteResult outcome = operations.delete(dry(intent, options), deleteOptions);
        boolean whole = outcome.kind() != WriteResult.Kind.GONE || target.kind().strategy().returned();
        if (!whole) {
            answers.tree(request, 200, gone(target, intent.key(), outcome));
            return;
        }
        // upstream says so only to who asks in the old way for dependents to be deleted
        boolean later = outcome.kind() != WriteResult.Kind.GONE && !options.flag("orphanDependents", true);
        answer(request, target, later ? 202 : 200, outcome);
    }

    private static Struct gone(Target target, Key key, WriteResult outcome) {
        Gvr gvr = target.gvr();
        Struct details = Struct.builder().put("name", key.name()).putUnlessEmpty("group", gvr.group())
                .put("kind", gvr.resource()).put("uid", target.object(outcome.item()).uid()).build();
        return Struct.of("kind", "Status", "apiVersion", "v1", "metadata", Struct.EMPTY, "status", "Success",
                "details", details);
    }

    private static Intent dry(Intent intent, Struct options) {
        return options.seq("dryRun").isEmpty() || intent.dryRun() ? intent : intent.asDryRun();
    }

    /// DELETE of a collection.
    void deleteAll(Request request, Selection selection, ListOptions options) throws IOException {
        Struct body = bodies.deleteOptions(request);
        DeleteOptions deleteOptions = Bodies.options(body);
        Target target = selection.target();
        Intent intent = dry(intent(request, target).with(body), body);
        ListPage page;
        try {
            page = reads.list(selection, options, request::warn, request.exchange()::gone);
        } catch (ObjectReads.ExpiredList e) {
            answers.tree(request, 410, e.status());
            return;
        }
        List<Item> deleted = operations.deleteAll(intent, page.items(), deleteOptions);
        resources.page(request, target, new ListPage(deleted, page.revision(), page.token(), page.remaining()));
    }

    private void answer(Request request, Target target, WriteResult outcome) throws IOException {
        answer(request, target, outcome.kind() == WriteResult.Kind.CREATED ? 201 : 200, outcome);
    }

    private void answer(Request request, Target target, int status, WriteResult outcome) throws IOException {
        resources.object(request, target, status, outcome.item());
    }

    /// The parameters of a write request.
    /// @throws io.k3j.clientapi.ApiFault 422 when they are wrong
    static Intent intent(Request request, Target target) {
        Params p = request.params();
        OptionsCheck.check(request);
        List<String> dryRun = p.texts("dryRun");
        String manager = p.text("fieldManager");
        Struct.Builder options = Struct.builder().putUnlessEmpty("fieldManager", manager)
                .putUnlessEmpty("fieldValidation", p.text("fieldValidation"));
        if (!dryRun.isEmpty()) {
            options.put("dryRun", dryRun);
        }
        return new Intent(target, request.info().key(), request.info().subresource(), request.caller(),
                !dryRun.isEmpty(), manager.isEmpty() ? FieldManagement.byUserAgent(request.userAgent()) : manager,
                p.flag("force"), options.build(), null, RequestRemarks.of(request));
    }

    private static ObjectDecoder.Expected expected(Request request, Target target) {
        return new ObjectDecoder.Expected(target.kind().gvk(), target.kind().shape(),
                request.params().text("fieldValidation"),
                request::warn);
    }
}

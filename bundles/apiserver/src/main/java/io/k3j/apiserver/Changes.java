package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.util.List;

/// Writes of resources over HTTP: create, update, patch, delete, deletecollection.
final class Changes {
    private final Operations operations;
    private final Patches patches;
    private final Bodies bodies;
    private final Reads reads;
    private final Resources resources;
    private final Answers answers;

    /// Its helpers; the parts one core is made of.
    Changes(Core core) {
        this.operations = core.operations();
        this.patches = core.patches();
        this.bodies = core.bodies();
        this.reads = core.reads();
        this.resources = core.resources();
        this.answers = core.answers();
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
        if (body.struct("metadata").text("name").isEmpty()) {
            throw ApiFault.badRequest("name must be provided");
        }
        answer(request, target, operations.update(intent, body));
    }

    /// PATCH.
    void patch(Request request, Target target, boolean builtIn) throws IOException {
        Patch patch = patches.read(request, builtIn);
        Intent intent = intent(request, target);
        if (patch instanceof Patch.Apply) {
            intent = intent.managedBy(request.params().text("fieldManager"));
        }
        answer(request, target, operations.patch(intent, patch, expected(request, target)));
    }

    /// DELETE of one object.
    void delete(Request request, Target target) throws IOException {
        Struct options = bodies.deleteOptions(request);
        Intent intent = intent(request, target).with(options);
        DeleteOptions how = Bodies.options(options);
        Outcome outcome = operations.delete(dry(intent, options), how);
        boolean whole = outcome.kind() != Outcome.Kind.GONE || target.kind().strategy().graceful();
        if (!whole) {
            answers.tree(request, 200, gone(target, intent.key(), outcome));
            return;
        }
        boolean later = outcome.kind() != Outcome.Kind.GONE && how.propagation().equals("Foreground");
        answer(request, target, later ? 202 : 200, outcome);
    }

    private static Struct gone(Target target, Key key, Outcome outcome) {
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
        DeleteOptions how = Bodies.options(body);
        Target target = selection.target();
        Intent intent = dry(intent(request, target).with(body), body);
        ListPage page;
        try {
            page = reads.list(selection, options, request::warn, request.exchange()::gone);
        } catch (Reads.ExpiredList e) {
            answers.tree(request, 410, e.answer().status());
            return;
        }
        List<Item> deleted = operations.deleteAll(intent, page.items(), how);
        resources.page(request, target, new ListPage(deleted, page.revision(), page.token(), page.remaining()));
    }

    private void answer(Request request, Target target, Outcome outcome) throws IOException {
        answer(request, target, outcome.kind() == Outcome.Kind.CREATED ? 201 : 200, outcome);
    }

    private void answer(Request request, Target target, int status, Outcome outcome) throws IOException {
        resources.object(request, target, status, outcome.item());
    }

    /// What a request wants beside the object.
    /// @throws ApiFault 400
    static Intent intent(Request request, Target target) {
        Params p = request.params();
        List<String> dryRun = p.texts("dryRun");
        if (!dryRun.isEmpty() && !dryRun.equals(List.of("All"))) {
            throw new ApiFault(422, "Invalid", "dryRun: Unsupported value: \"" + dryRun.getFirst()
                    + "\": supported values: \"All\"", Struct.EMPTY);
        }
        String manager = p.text("fieldManager");
        Struct.Builder options = Struct.builder().putUnlessEmpty("fieldManager", manager)
                .putUnlessEmpty("fieldValidation", p.text("fieldValidation"));
        if (!dryRun.isEmpty()) {
            options.put("dryRun", dryRun);
        }
        return new Intent(target, request.info().key(), request.info().subresource(), request.caller(),
                !dryRun.isEmpty(), manager.isEmpty() ? Fields.byUserAgent(request.userAgent()) : manager,
                p.flag("force"), options.build(), null, request::warn);
    }

    private static Bodies.Expected expected(Request request, Target target) {
        return new Bodies.Expected(target.kind().gvk(), target.kind().shape(), request.params().text("fieldValidation"),
                request::warn);
    }
}

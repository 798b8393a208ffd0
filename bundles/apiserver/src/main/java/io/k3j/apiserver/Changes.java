package io.k3j.apiserver;

import io.k3j.apiserver.Shaping.Wish;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Writes of resources over HTTP: create, update, patch, delete, deletecollection.
final class Changes {
    private final Writes writes;
    private final Deletes deletes;
    private final Patches patches;
    private final Bodies bodies;
    private final Reads reads;
    private final Resources resources;
    private final Answers answers;

    /// Its helpers; the parts one core is made of.
    Changes(Core core) {
        this.writes = core.writes();
        this.deletes = core.deletes();
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
        answer(request, target, 201, writes.create(intent, Wish.plain(body)));
    }

    /// PUT.
    void update(Request request, Target target) throws IOException {
        Intent intent = intent(request, target);
        Struct body = bodies.object(request, expected(request, target));
        if (body.struct("metadata").text("name").isEmpty()) {
            throw ApiFault.badRequest("name must be provided");
        }
        try {
            answer(request, target, 200, writes.change(intent, before -> Wish.plain(conditional(intent, body))));
        } catch (ApiFault f) {
            if (f.code() != 404 || !target.kind().strategy().createOnUpdate() || !intent.subresource().isEmpty()) {
                throw f;
            }
            Struct fresh = body.withoutAt("metadata", "resourceVersion");
            answer(request, target, 201, writes.create(intent, Wish.plain(fresh)));
        }
    }

    /// Kinds that may not be overwritten blindly need a version.
    private static Struct conditional(Intent intent, Struct body) {
        boolean named = !body.struct("metadata").text("resourceVersion").isEmpty();
        if (!named && !intent.target().kind().strategy().unconditionalUpdate()) {
            throw Shaping.invalid(intent, List.of(new FieldProblem("metadata.resourceVersion", "FieldValueInvalid",
                    "Invalid value: 0x0: must be specified for an update")));
        }
        return body;
    }

    /// PATCH.
    void patch(Request request, Target target, boolean builtIn) throws IOException {
        Patch patch = patches.read(request, builtIn);
        Intent intent = intent(request, target);
        if (patch instanceof Patch.Apply) {
            intent = intent.managedBy(request.params().text("fieldManager"));
        }
        Bodies.Expected expected = expected(request, target);
        Intent by = intent;
        try {
            answer(request, target, 200, writes.change(by, before -> patches.wish(by, patch, before, expected)));
        } catch (ApiFault f) {
            boolean creates = patch instanceof Patch.Apply && f.code() == 404 && by.subresource().isEmpty()
                    && f.details().text("name").equals(by.key().name());
            if (!creates) {
                throw f;
            }
            Struct wanted = ((Patch.Apply) patch).wanted();
            answer(request, target, 201, writes.create(by, patches.apply(by, Struct.EMPTY, wanted, expected)));
        }
    }

    /// DELETE of one object.
    void delete(Request request, Target target) throws IOException {
        Struct options = bodies.deleteOptions(request);
        Intent intent = intent(request, target).with(options);
        DeleteOptions how = Bodies.options(options);
        Outcome outcome = deletes.delete(dry(intent, options), how);
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
            page = reads.list(selection, options, request::warn);
        } catch (Reads.ExpiredList e) {
            answers.tree(request, 410, e.answer().status());
            return;
        }
        List<Item> deleted = new ArrayList<>();
        for (Item item : page.items()) {
            try {
                Key key = item.key(target.kind().storage().prefix());
                deleted.add(deletes.delete(intent.at(key), how).item());
            } catch (ApiFault f) {
                if (f.code() != 404) {
                    throw f;
                }
            }
        }
        resources.page(request, target, new ListPage(deleted, page.revision(), page.token(), page.remaining()));
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

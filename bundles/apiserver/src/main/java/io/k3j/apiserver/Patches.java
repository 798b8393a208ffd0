package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Document;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.JsonPatch;
import io.k3j.model.JsonSize;
import io.k3j.model.MergePatch;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.PatchFailure;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.ApplyCheck;
import io.k3j.schema.StrategicMerge;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/// The four kinds of patches: read, and laid over an object. See
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply>.
final class Patches {
    private final Bodies bodies;
    private final Fields fields;

    Patches(Bodies bodies, Fields fields) {
        this.bodies = bodies;
        this.fields = fields;
    }

    /// The patch in a request's body.
    /// @throws ApiFault 400, 413, 415
    Patch read(Request request, boolean builtIn) throws IOException {
        String type = Bodies.mediaType(request);
        boolean known = switch (type) {
            case "application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml" -> true;
            case "application/strategic-merge-patch+json" -> builtIn;
            default -> false;
        };
        if (!known) {
            throw Bodies.unsupported(request, "application/json-patch+json, application/merge-patch+json, "
                    + "application/apply-patch+yaml" + (builtIn ? ", application/strategic-merge-patch+json" : ""));
        }
        byte[] bytes = request.body();
        try {
            return switch (type) {
                case "application/json-patch+json" -> new Patch.Json(operations(bytes));
                case "application/merge-patch+json" -> new Patch.Merge(Json.object(bytes));
                case "application/apply-patch+yaml" -> new Patch.Apply(applied(request, bytes));
                default -> new Patch.Strategic(Json.object(bytes));
            };
        } catch (MalformedInput e) {
            throw ApiFault.badRequest("error decoding patch: " + e.getMessage());
        }
    }

    private static Seq operations(byte[] bytes) {
        if (Json.value(bytes) instanceof Seq s) {
            return s;
        }
        throw new MalformedInput("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
    }

    private static Struct applied(Request request, byte[] bytes) {
        Document d = Bodies.yaml(bytes);
        if (!d.duplicates().isEmpty()) {
            switch (request.params().text("fieldValidation")) {
                case "Strict" -> throw ApiFault.badRequest("error strict decoding YAML: error converting YAML to JSON: "
                        + StrictErrors.repeated(d.duplicates()));
                case "", "Warn" -> d.duplicates().forEach(request::warn);
                default -> {
                }
            }
        }
        return d.object();
    }

    /// How an object shall be after a patch, typed again.
    /// @throws ApiFault 400, 422, 409
    Shaping.Wish wish(Intent intent, Patch patch, Obj before, Bodies.Expected expected) {
        try {
            if (patch instanceof Patch.Apply a) {
                return apply(intent, before.tree(), a.wanted(), expected);
            }
            Struct document = before.document();
            Struct changed = switch (patch) {
                case Patch.Json j -> JsonPatch.apply(document, j.operations());
                case Patch.Merge m -> MergePatch.apply(document, m.changes());
                case Patch.Strategic s -> StrategicMerge.apply(intent.target().kind().shape(), document, s.changes());
                case Patch.Apply a -> throw new IllegalStateException();
            };
            if (JsonSize.atLeast(changed, Bodies.MAX_BYTES + 1L) > Bodies.MAX_BYTES) {
                throw Bodies.tooLarge();
            }
            return Shaping.Wish.plain(bodies.typed(new Document(forgetting(changed), List.of()), expected));
        } catch (PatchFailure e) {
            throw e.malformed() ? ApiFault.badRequest(e.getMessage())
                    // upstream keeps what the patch library said to itself
                    : new ApiFault(422, "Invalid", "the server rejected our request due to an error in our request",
                            Struct.EMPTY);
        }
    }

    /// Patching in an empty list of owners asks to forget them, as a list of one empty entry does; typing drops it.
    private static Struct forgetting(Struct changed) {
        return changed.at("metadata", "managedFields") instanceof Seq s && s.isEmpty()
                ? changed.withAt(Seq.of(Struct.EMPTY), "metadata", "managedFields") : changed;
    }

    /// What applying makes of an object (empty: of nothing; then a version asked for stands for none).
    /// @throws ApiFault 400, 409
    Shaping.Wish apply(Intent intent, Struct live, Struct asked, Bodies.Expected expected) {
        Struct wanted = live.isEmpty() ? fresh(intent, asked) : asked;
        if (intent.manager().isEmpty()) {
            throw new ApiFault(422, "Invalid",
                    "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: "
                            + "is required for apply patch",
                    Struct.of("group", "meta.k8s.io", "kind", "PatchOptions", "causes", Seq.of(Struct.of("reason",
                            "FieldValueRequired", "message", "Required value: is required for apply patch", "field",
                            "fieldManager"))));
        }
        if (!wanted.struct("metadata").seq("managedFields").isEmpty()) {
            throw ApiFault.badRequest("metadata.managedFields must be nil");
        }
        declared(wanted, expected);
        Struct typed = bodies.typed(new Document(wanted, List.of()), expected);
        Struct merged = fields.applied(intent, live, sparse(wanted, typed));
        return new Shaping.Wish(merged, true);
    }

    /// What is asked for of an object that does not exist. Upstream forgets the version here, so that operators can
    /// send one that never was to say "only create"; a uid can only be that of an object that has gone.
    /// @throws ApiFault 409
    private static Struct fresh(Intent intent, Struct asked) {
        String uid = asked.struct("metadata").text("uid");
        if (!uid.isEmpty()) {
            throw ApiFault.conflict(intent.target().gvr(), intent.key().name(),
                    "uid mismatch: the provided object specified uid " + uid + ", and no existing object was found");
        }
        return asked.withoutAt("metadata", "resourceVersion");
    }

    /// Upstream answers 500 here; clients look at the text.
    private static void declared(Struct wanted, Bodies.Expected expected) {
        List<String> problems = ApplyCheck.problems(expected.shape(), wanted);
        if (!problems.isEmpty()) {
            Struct metadata = wanted.struct("metadata");
            String all = problems.size() == 1 ? problems.getFirst() : "errors:\n  " + String.join("\n  ", problems);
            throw new ApiFault(500, "", "failed to create typed patch object (" + metadata.text("namespace") + "/"
                    + metadata.text("name") + "; " + expected.kind().apiVersion() + ", Kind=" + expected.kind().kind()
                    + "): " + all, Struct.EMPTY);
        }
    }

    /// Only what the applier really said: typing adds fields that Go always writes.
    private static Struct sparse(Struct said, Struct typed) {
        Struct now = typed;
        for (String name : typed.names()) {
            Object was = said.get(name);
            now = was == null ? now.without(name)
                    : now.with(name, sparse(was, Objects.requireNonNull(typed.get(name))));
        }
        return now;
    }

    private static Object sparse(Object said, Object typed) {
        if (said instanceof Struct s && typed instanceof Struct t) {
            return sparse(s, t);
        }
        if (said instanceof Seq s && typed instanceof Seq t && s.size() == t.size()) {
            Object[] all = new Object[t.size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = sparse(s.get(i), t.get(i));
            }
            return Seq.owning(all);
        }
        return typed;
    }
}

package io.k3j.objectregistry;

import io.k3j.apimachinery.JsonPatch;
import io.k3j.apimachinery.JsonSize;
import io.k3j.apimachinery.MergePatch;
import io.k3j.apimachinery.PatchFailure;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Document;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.ApplyCheck;
import io.k3j.schema.DeclaredFields;
import io.k3j.schema.StrategicMerge;
import java.util.List;

/// The four kinds of patches, laid over an object. See
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply>.
///
/// JSON Patch is RFC 6902, JSON Merge Patch RFC 7386; strategic merge patch and apply are Kubernetes' own. Nothing
/// is stored here: a patch is the function that [ObjectWrites#change] asks for, maybe several times. Pure; any
/// thread.
public final class Patches {
    private final ObjectDecoder decoder;
    private final FieldManagement fields;

    Patches(ObjectDecoder decoder, FieldManagement fields) {
        this.decoder = decoder;
        this.fields = fields;
    }

    /// How an object should be after a patch, typed again.
    ///
    /// @param before the object as it is; of an apply it may be the empty one
    /// @param expected the kind's shape, and what happens to fields nobody knows
    /// @throws ApiFault 400 for a patch that is none; 422 for one that cannot be laid over this object; 409 for
    /// conflicts of an apply; 413 when the result is larger than a document may be
    public Shaping.Wish wish(Intent intent, Patch patch, Obj before, ObjectDecoder.Expected expected) {
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
            if (JsonSize.atLeast(changed, ObjectDecoder.MAX_BYTES + 1L) > ObjectDecoder.MAX_BYTES) {
                throw ObjectDecoder.tooLarge();
            }
            return Shaping.Wish.plain(decoder.changed(document, forgetting(changed), expected, patch));
        } catch (PatchFailure e) {
            throw fault(expected.kind(), e);
        }
    }

    /// What is in a Secret is left out, as where a patch does not fit it.
    static ApiFault fault(Gvk kind, PatchFailure failure) {
        String all = String.valueOf(failure.getMessage());
        int quoted = kind.kind().equals("Secret") ? all.indexOf(" in map: ") : -1;
        String why = quoted < 0 ? all : all.substring(0, quoted);
        return switch (failure.code()) {
            case PatchFailure.MALFORMED -> ApiFault.badRequest(why);
            case PatchFailure.TOO_LARGE ->
                new ApiFault(failure.code(), "RequestEntityTooLarge", "Request entity too large: " + why, Struct.EMPTY);
            case PatchFailure.UNKNOWN -> new ApiFault(failure.code(), "", why, Struct.EMPTY);
            // upstream keeps what the patch library said to itself
            default -> new ApiFault(failure.code(), "Invalid",
                    "the server rejected our request due to an error in our request", Struct.EMPTY);
        };
    }

    /// Patching in an empty list of owners asks to forget them, as a list of one empty entry does; typing drops it.
    private static Struct forgetting(Struct changed) {
        return changed.at("metadata", "managedFields") instanceof Seq s && s.isEmpty()
                ? changed.withAt(Seq.of(Struct.EMPTY), "metadata", "managedFields") : changed;
    }

    /// What applying makes of an object, ownership included.
    ///
    /// @param live the object as it is; empty: it does not exist, and a version asked for stands for none
    /// @param asked all that the manager wants to own, and nothing else
    /// @throws ApiFault 400 for fields that do not fit or `managedFields`; 409 for conflicts; 422 without a
    /// manager; 500 for what the schema cannot place
    public Shaping.Wish apply(Intent intent, Struct live, Struct asked, ObjectDecoder.Expected expected) {
        ObjectDecoder.checkElements(asked, expected.kind());
        Struct wanted = live.isEmpty() ? fresh(intent, asked) : asked;
        if (intent.manager().isEmpty()) {
            throw FieldProblem.fault(Gvk.of("meta.k8s.io/v1", "PatchOptions"), "",
                    List.of(FieldProblem.required("fieldManager", "is required for apply patch")));
        }
        if (!wanted.struct("metadata").seq("managedFields").isEmpty()) {
            throw ApiFault.badRequest("metadata.managedFields must be nil");
        }
        declared(wanted, expected);
        Struct typed = decoder.typed(new Document(wanted, List.of()), expected);
        Struct merged = fields.applied(intent, live, DeclaredFields.of(wanted, typed));
        return new Shaping.Wish(merged, true);
    }

    /// What applying fields that are typed makes of an object, ownership included; 409 as above.
    public Shaping.Wish owned(Intent intent, Struct live, Struct wanted) {
        return new Shaping.Wish(fields.applied(intent, live, wanted), true);
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
    private static void declared(Struct wanted, ObjectDecoder.Expected expected) {
        String refusal = ApplyCheck.refusal(expected.shape(), expected.kind(), wanted);
        if (!refusal.isEmpty()) {
            throw new ApiFault(500, "", refusal, Struct.EMPTY);
        }
    }
}

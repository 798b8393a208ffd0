package io.k3j.apirequests;

import io.k3j.cbor.Cbor;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Document;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.objectregistry.ObjectDecoder;
import io.k3j.objectregistry.StrictErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The patch in a body, with what strict validation of fields says of its text. What it says of the object comes later,
/// once the patch was laid over one.
final class PatchBody {
    static final String APPLY_YAML = "application/apply-patch+yaml";
    static final String APPLY_CBOR = "application/apply-patch+cbor";
    /// The most that is said of one patch, as of one object, and the most characters of a name in it.
    private static final int MOST = 100;
    private static final Set<String> OPERATION = Set.of("op", "path", "from", "value");

    private PatchBody() {
    }

    /// @param type one that [Bodies] takes
    /// @throws MalformedInput when it cannot be read
    static Patch read(Request request, String type, byte[] bytes) {
        if (type.equals("application/json-patch+json")) {
            return json(request, bytes);
        }
        if (type.equals(APPLY_YAML) || type.equals(APPLY_CBOR)) {
            return new Patch.Apply(
                    audited(request, type.equals(APPLY_CBOR) ? Cbor.object(bytes) : applied(request, bytes)));
        }
        Document d = Json.document(bytes, 0, bytes.length);
        Struct changes = audited(request, d.object());
        List<String> twice = d.duplicates().stream().map(PatchBody::duplicate).toList();
        return type.equals("application/merge-patch+json") ? new Patch.Merge(changes, twice)
                : new Patch.Strategic(changes, twice);
    }

    private static <T> T audited(Request request, T patch) {
        request.audit().sent(patch);
        return patch;
    }

    private static String duplicate(String path) {
        return "duplicate field \"" + path + "\"";
    }

    /// A JSON patch is a list; anything else gets upstream's words.
    private static Patch json(Request request, byte[] bytes) {
        List<String> duplicates = new ArrayList<>();
        if (Json.value(bytes, duplicates::addAll) instanceof Seq operations) {
            return new Patch.Json(audited(request, operations), strict(operations, duplicates));
        }
        throw new MalformedInput("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
    }

    /// Of each operation first what no operation has, then what it has twice.
    private static List<String> strict(Seq operations, List<String> duplicates) {
        List<String> all = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < operations.size() && all.size() < MOST; i++) {
            String place = "[" + i + "].";
            for (String name : operations.struct(i).names()) {
                if (!OPERATION.contains(name) && all.size() < MOST) {
                    String shown = name.length() <= MOST ? name : name.substring(0, MOST) + "...";
                    all.add("json patch unknown field \"" + place + shown + "\"");
                }
            }
            for (; next < duplicates.size() && duplicates.get(next).startsWith(place); next++) {
                all.add("json patch " + duplicate(duplicates.get(next)));
            }
        }
        return List.copyOf(all);
    }

    /// A name that is there twice: the last one counts, with a warning, unless the client wants strictness (or
    /// silence).
    private static Struct applied(Request request, byte[] bytes) {
        Document d = ObjectDecoder.yaml(bytes);
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
}

package io.k3j.addondeployer;

import io.k3j.apimachinery.JsonSize;
import io.k3j.codec.Document;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Bytes to objects: the documents of a YAML stream or of JSON, lists taken apart. All or nothing: one bad document and
/// there are no objects. Pure.
final class ManifestParser {
    /// How many objects a file may hold.
    static final int MAX_OBJECTS = 5_000;
    /// How large one object may be with its YAML aliases written out; as in a request to the API.
    static final int MAX_OBJECT_BYTES = 3 << 20;
    /// Of an object that was read from a cluster: the API server's own, which nobody can set.
    private static final List<String> SERVERS_OWN = List.of("uid", "resourceVersion", "generation", "managedFields",
            "selfLink", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds");
    /// By kind and name: of an object given twice the later one counts, in the place of the first.
    private final Map<String, Obj> objects = new LinkedHashMap<>();

    private ManifestParser() {
    }

    /// The objects of a file, in its order.
    /// @throws ManifestProblem when it is no manifest, naming the document by its number
    static List<Obj> parse(byte[] bytes) throws ManifestProblem {
        if (blank(bytes)) {
            throw ManifestProblem.unparseable("it is empty; nothing is deleted because of that. To delete what it"
                    + " deployed use --disable, or leave a comment in the file");
        }
        ManifestParser parser = new ManifestParser();
        try {
            int number = 0;
            for (Document document : Yaml.documents(bytes)) {
                parser.take(document.object(), "document " + ++number);
            }
        } catch (MalformedInput e) {
            throw ManifestProblem.unparseable(String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
        }
        return List.copyOf(parser.objects.values());
    }

    /// The kinds of objects, in the order of their first appearance.
    static Set<Gvk> kinds(List<Obj> objects) {
        Set<Gvk> kinds = new LinkedHashSet<>();
        objects.forEach(object -> kinds.add(object.gvk()));
        return kinds;
    }

    /// A file that was just opened for writing, or that a power cut left, is as long as it is empty.
    private static boolean blank(byte[] bytes) {
        for (byte b : bytes) {
            if (b > ' ' || b < 0) {
                return false;
            }
        }
        return true;
    }

    private void take(Struct tree, String where) throws ManifestProblem {
        if (tree.isEmpty()) {
            return;
        }
        if (JsonSize.atLeast(tree, MAX_OBJECT_BYTES + 1L) > MAX_OBJECT_BYTES && !list(tree)) {
            throw ManifestProblem.unparseable(where + " is larger than " + MAX_OBJECT_BYTES + " bytes");
        }
        if (tree.text("apiVersion").isEmpty() || tree.text("kind").isEmpty()) {
            throw ManifestProblem.unparseable(where + " has no apiVersion or no kind");
        }
        if (list(tree)) {
            int number = 0;
            for (Object item : tree.seq("items")) {
                if (!(item instanceof Struct one) || list(one)) {
                    throw ManifestProblem.unparseable(where + ", item " + number + " is no object");
                }
                take(one, where + ", item " + number++);
            }
            return;
        }
        add(tree, where);
    }

    private static boolean list(Struct tree) {
        return tree.text("kind").endsWith("List") && tree.get("items") instanceof Seq;
    }

    private void add(Struct tree, String where) throws ManifestProblem {
        if (!(tree.get("metadata") instanceof Struct metadata) || metadata.text("name").isEmpty()) {
            throw ManifestProblem.unparseable(where + " has no metadata.name");
        }
        Struct own = metadata;
        for (String field : SERVERS_OWN) {
            own = own.without(field);
        }
        Obj object = Obj.of(tree.with("metadata", own).without("status"));
        objects.put(object.gvk() + " " + object.key(), object);
        if (objects.size() > MAX_OBJECTS) {
            throw ManifestProblem.unparseable("it holds more than " + MAX_OBJECTS
                    + " objects; put them into several files");
        }
    }
}

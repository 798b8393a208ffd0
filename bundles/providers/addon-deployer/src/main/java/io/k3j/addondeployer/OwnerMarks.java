package io.k3j.addondeployer;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// What tells that an object belongs to an Addon: the label and the annotations that K3s' deploy controller sets, by
/// the same rules, so that a cluster may come from stock K3s and go back to it
/// (<https://github.com/rancher/wrangler>, package `apply`). Pure; any thread.
///
/// The annotation `applied` holds the object as it was applied, gzip in base 64, strings cut at 64 characters: enough
/// to see which fields and list elements were dropped since.
final class OwnerMarks {
    static final String PREFIX = "objectset.rio.cattle.io/";
    static final String APPLIED = PREFIX + "applied";
    static final String HASH = PREFIX + "hash";
    /// With the value `false` an object is not deleted although its file has dropped it.
    static final String PRUNE = PREFIX + "prune";
    private static final String ID = PREFIX + "id";
    private static final String OWNER_KIND = PREFIX + "owner-gvk";
    private static final String OWNER_NAME = PREFIX + "owner-name";
    private static final String OWNER_NAMESPACE = PREFIX + "owner-namespace";
    private static final String KIND = Addons.API + ", Kind=" + Addons.KIND;
    private static final int KEPT_CHARS = 64;
    /// In elements of lists these are whole, since elements are told apart by them.
    private static final Set<String> KEYS = Set.of("apiVersion", "containerPort", "devicePath", "ip", "kind",
            "mountPath", "name", "port", "topologyKey", "type");
    private static final int MAX_INFLATED = 4 << 20;
    private final Key addon;

    /// @param addon namespace and name of the Addon
    OwnerMarks(Key addon) {
        this.addon = addon;
    }

    private String hash() {
        try {
            byte[] of = (KIND + addon.name() + addon.namespace()).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(of));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /// Finds what may belong to the Addon; [#own] decides.
    Selector selector() {
        return Selector.ofLabels(Map.of(HASH, hash()));
    }

    /// Whether an object belongs to the Addon. The label alone does not say so: endpoints have the labels of their
    /// Service.
    boolean own(Obj object) {
        Map<String, String> notes = object.annotations();
        return hash().equals(object.labels().get(HASH)) && KIND.equals(notes.get(OWNER_KIND))
                && addon.name().equals(notes.get(OWNER_NAME)) && addon.namespace().equals(notes.get(OWNER_NAMESPACE));
    }

    /// The object with all marks.
    Struct marked(Struct object) {
        Struct marked = object.withAt(hash(), "metadata", "labels", HASH).withoutAt("metadata", "annotations", APPLIED);
        Map<String, String> notes = Map.of(ID, "", OWNER_KIND, KIND, OWNER_NAME, addon.name(), OWNER_NAMESPACE,
                addon.namespace());
        for (String name : notes.keySet().stream().sorted().toList()) {
            marked = marked.withAt(notes.getOrDefault(name, ""), "metadata", "annotations", name);
        }
        return marked.withAt(packed(marked), "metadata", "annotations", APPLIED);
    }

    /// The object as it was applied last, by whom ever; empty when nobody knows.
    static Struct applied(Obj object) {
        String text = object.annotations().getOrDefault(APPLIED, "");
        try {
            byte[] json = text.startsWith("{") ? text.getBytes(StandardCharsets.UTF_8) : inflated(text);
            return json.length == 0 || json.length > MAX_INFLATED ? Struct.EMPTY : Json.object(json);
        } catch (IOException | IllegalArgumentException | MalformedInput foreign) {
            return Struct.EMPTY;
        }
    }

    /// With the annotation as it is there: equal contents may be packed differently, by stock K3s for one.
    static Struct noted(Struct object, Obj there) {
        return object.withAt(there.annotations().getOrDefault(APPLIED, ""), "metadata", "annotations", APPLIED);
    }

    private static byte[] inflated(String text) throws IOException {
        if (text.isEmpty()) {
            return new byte[0];
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(text)))) {
            return in.readNBytes(MAX_INFLATED + 1);
        }
    }

    private static String packed(Struct object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(Json.bytes(cut(object, false)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    private static Struct cut(Struct object, boolean element) {
        Struct.Builder cut = Struct.builder();
        object.forEach((name, value) -> cut.put(name, switch (value) {
            case Struct s -> cut(s, false);
            case Seq s -> cut(s);
            case String s when s.length() > KEPT_CHARS && !(element && KEYS.contains(name)) ->
                s.substring(0, KEPT_CHARS);
            default -> value;
        }));
        return cut.build();
    }

    private static Seq cut(Seq list) {
        List<Object> cut = new ArrayList<>(list.size());
        for (Object value : list) {
            cut.add(switch (value) {
                case Struct s -> cut(s, true);
                case Seq s -> cut(s);
                default -> value;
            });
        }
        return Seq.copyOf(cut);
    }
}

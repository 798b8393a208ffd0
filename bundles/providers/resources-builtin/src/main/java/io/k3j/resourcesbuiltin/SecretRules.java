package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.apiserverrules.KeyPairWarnings;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Rules of Secrets: <https://kubernetes.io/docs/concepts/configuration/secret/#secret-types>.
final class SecretRules implements KindRules {
    private static final String REDACTED = "<secret contents redacted>";
    private static final String UNFINISHED = "unexpected end of JSON input";
    private static final String ACCOUNT = "kubernetes.io/service-account.name";

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        return Fill.in(merged(o), "type", "Opaque");
    }

    /// Merges `stringData` into `data`; it is write-only and never returned.
    private static Struct merged(Struct o) {
        if (!o.has("stringData")) {
            return o;
        }
        Struct.Builder data = o.struct("data").toBuilder();
        o.struct("stringData").texts().forEach((k, v) -> data.put(k, Base64s.of(v)));
        Struct all = data.build();
        Struct s = o.without("stringData");
        return all.isEmpty() ? s : s.with("data", all);
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        CoreRules.keys(o.struct("data"), p.at("data"));
        if (CoreRules.bytes(o.struct("data"), true) > CoreRules.DATA_BYTES) {
            p.add(FieldProblem.tooLong("data", CoreRules.DATA_BYTES));
        }
        Struct before = write.before().orElse(Struct.EMPTY);
        // What was stored before there were these rules must still be able to lose its finalizers.
        if (write.operation() != Operation.UPDATE || !o.struct("data").equals(before.struct("data"))) {
            content(o.text("type"), o.struct("data"), p.at("data"));
        }
        if (o.text("type").equals("kubernetes.io/service-account-token")
                && o.struct("metadata").struct("annotations").text(ACCOUNT).isEmpty()) {
            p.at("metadata").at("annotations").key(ACCOUNT).required("");
        }
        if (write.operation() == Operation.UPDATE) {
            p.immutable(before, o, "type");
            CoreRules.frozen(before, o, List.of("data"), p);
        }
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        Struct data = o.struct("data");
        return o.text("type").equals("kubernetes.io/tls")
                ? KeyPairWarnings.of(text(data, "tls.crt"), text(data, "tls.key")) : List.of();
    }

    private static String text(Struct data, String key) {
        return new String(Base64s.bytes(data.text(key)), StandardCharsets.ISO_8859_1);
    }

    /// What a Secret of a type holds.
    private static void content(String type, Struct data, Problems p) {
        switch (type) {
            case "kubernetes.io/dockercfg" -> json(data, ".dockercfg", p);
            case "kubernetes.io/dockerconfigjson" -> json(data, ".dockerconfigjson", p);
            case "kubernetes.io/basic-auth" -> {
                if (!data.has("username") && !data.has("password")) {
                    required(data, List.of("username", "password"), p);
                }
            }
            case "kubernetes.io/ssh-auth" -> {
                if (data.text("ssh-privatekey").isEmpty()) {
                    p.key("ssh-privatekey").required("");
                }
            }
            case "kubernetes.io/tls" -> required(data, List.of("tls.crt", "tls.key"), p);
            default -> {
                // others hold what their makers like
            }
        }
    }

    private static void required(Struct data, List<String> keys, Problems p) {
        for (String key : keys) {
            if (!data.has(key)) {
                p.key(key).required("");
            }
        }
    }

    private static void json(Struct data, String key, Problems p) {
        required(data, List.of(key), p);
        if (!data.has(key)) {
            return;
        }
        try {
            Object value = Json.value(Base64s.bytes(data.text(key)));
            if (!(value instanceof Struct) && value != Null.NULL) {
                p.key(key).invalid(REDACTED, "json: cannot unmarshal " + form(value)
                        + " into Go value of type map[string]interface {}");
            }
        } catch (MalformedInput e) {
            // Its message may have a part of the Secret.
            p.key(key).invalid(REDACTED, UNFINISHED.equals(e.getMessage()) ? UNFINISHED : "invalid JSON");
        }
    }

    private static String form(Object value) {
        return switch (value) {
            case Seq list -> "array";
            case String text -> "string";
            case Boolean flag -> "bool";
            default -> "number";
        };
    }
}

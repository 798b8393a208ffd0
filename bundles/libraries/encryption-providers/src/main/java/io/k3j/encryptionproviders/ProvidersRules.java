package io.k3j.encryptionproviders;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What an EncryptionConfiguration must fulfil, in upstream's words. One thread; one use.
final class ProvidersRules {
    private static final List<String> PROVIDERS = List.of("kms", "aesgcm", "aescbc", "secretbox", "identity");
    private static final List<Integer> AES = List.of(16, 24, 32);
    private static final List<Integer> SECRETBOX = List.of(32);
    /// Upstream's own rows, which no client sees.
    private static final Set<String> INTERNAL = Set.of("apiserveripinfo", "serviceipallocations",
            "servicenodeportallocations");
    private final List<FieldProblem> problems = new ArrayList<>();
    private final KmsRules kms = new KmsRules();

    private ProvidersRules() {
    }

    /// All of it.
    static List<FieldProblem> problems(Struct configuration) {
        ProvidersRules rules = new ProvidersRules();
        List<Struct> entries = configuration.seq("resources").structs();
        if (entries.isEmpty()) {
            rules.atLeastOne("resources", "resources");
        }
        for (int i = 0; i < entries.size(); i++) {
            String at = "resources[" + i + "]";
            rules.resources(at + ".resources", entries.get(i).seq("resources").texts());
            rules.providers(at + ".providers", entries.get(i).seq("providers").structs());
        }
        return rules.problems;
    }

    private void atLeastOne(String at, String what) {
        problems.add(FieldProblem.required(at, "at least one " + what + " is required"));
    }

    private void invalid(String at, Object value, String why) {
        problems.add(FieldProblem.invalid(at, value, why));
    }

    private void resources(String at, List<String> names) {
        if (names.isEmpty()) {
            atLeastOne(at, at);
        }
        List<GroupResource> all = names.stream().map(GroupResource::parse).toList();
        if (new HashSet<>(all).size() < all.size()) {
            invalid(at, Seq.copyOf(names), "the same resource cannot be specified multiple times");
        }
        if (all.stream().anyMatch(one -> masked(one, all))) {
            invalid(at, Seq.copyOf(names), "using overlapping resources such as 'secrets' and '*.' in the same resource"
                    + " list is not allowed as they will be masked");
        }
        for (int i = 0; i < names.size(); i++) {
            String why = wrong(names.get(i));
            if (!why.isEmpty()) {
                invalid(at + "[" + i + "]", names.get(i), why);
            }
        }
    }

    private static boolean masked(GroupResource one, List<GroupResource> all) {
        return all.stream().anyMatch(wide -> !wide.equals(one)
                && (wide.equals(GroupResource.EVERYTHING) || wide.equals(one.wholeGroup())));
    }

    /// What is wrong with a name; empty: nothing.
    private static String wrong(String name) {
        GroupResource resource = GroupResource.parse(name);
        if (!name.toLowerCase(Locale.ROOT).equals(name)) {
            return "resource name should not contain capital letters";
        }
        if (name.equals("*")) {
            return "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources";
        }
        if (INTERNAL.contains(name)) {
            return "resources which do not have REST API/s cannot be encrypted";
        }
        if (resource.group().equals("events.k8s.io")) {
            return "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in"
                    + " the config file";
        }
        if (resource.group().equals("extensions")) {
            return "'extensions' group has been removed and cannot be used for encryption";
        }
        return resource.group().equals("*") && !resource.wildcard()
                ? "encrypting the same resource across groups is not supported" : "";
    }

    private void providers(String at, List<Struct> providers) {
        if (providers.isEmpty()) {
            atLeastOne(at, at);
        }
        for (int i = 0; i < providers.size(); i++) {
            provider(at + "[" + i + "]", providers.get(i));
        }
    }

    private void provider(String at, Struct provider) {
        List<String> given = PROVIDERS.stream().filter(name -> ProvidersFile.given(provider, name)).toList();
        if (given.isEmpty()) {
            invalid(at, "", "provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox,"
                    + " Identity");
            return;
        }
        if (given.size() > 1) {
            invalid(at, String.join(",", given),
                    "more than one provider specified in a single element, should split into different list elements");
        }
        String first = given.getFirst();
        switch (first) {
            case "kms" -> problems.addAll(kms.problems(at + ".kms", provider.struct("kms")));
            case "identity" -> {
                // it has nothing
            }
            default -> keys(at + "." + first + ".keys", provider.struct(first).seq("keys").structs(),
                    first.equals("secretbox") ? SECRETBOX : AES);
        }
    }

    private void keys(String at, List<Struct> keys, List<Integer> lengths) {
        if (keys.isEmpty()) {
            atLeastOne(at, "keys");
        }
        for (int i = 0; i < keys.size(); i++) {
            String key = at + "[" + i + "]";
            if (keys.get(i).text("name").isEmpty()) {
                problems.add(FieldProblem.required(key + ".name", "name is a mandatory field for a key"));
            }
            secret(key + ".secret", keys.get(i).text("secret"), lengths);
        }
    }

    private void secret(String at, String secret, List<Integer> lengths) {
        if (secret.isEmpty()) {
            problems.add(FieldProblem.required(at, "secret is a mandatory field for a key"));
            return;
        }
        int length = length(secret);
        if (length < 0) {
            invalid(at, "REDACTED", "secrets must be base64 encoded");
        } else if (!lengths.contains(length)) {
            String expected = lengths.toString().replace(",", "");
            invalid(at, "REDACTED",
                    "secret is not of the expected length, got " + length + ", expected one of " + expected);
        }
    }

    /// Without line breaks, which Go's decoder passes over.
    static String unbroken(String secret) {
        return secret.replace("\r", "").replace("\n", "");
    }

    /// Bytes of a key; negative: it is no base64. Padding is needed, as upstream.
    private static int length(String secret) {
        try {
            String whole = unbroken(secret);
            return whole.length() % 4 == 0 ? Base64.getDecoder().decode(whole).length : -1;
        } catch (IllegalArgumentException malformed) {
            return -1;
        }
    }
}

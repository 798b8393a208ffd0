package io.k3j.clusteragreement;

import io.k3j.model.Struct;
import io.k3j.pki.ClusterToken;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The values all servers must agree on, each in one normal spelling. Pure. K3s compares its critical flags in the same
/// way when a server joins ("critical configuration value mismatch"); which they are is on
/// <https://docs.k3s.io/cli/server#critical-configuration-values>. A value is never null: absent is the empty text.
///
/// @param values flag name in camel case to its normal form; `datastore` is the kind of datastore
public record Agreement(Map<String, String> values) {
    /// Not a flag: the kind of the datastore.
    static final String DATASTORE = "datastore";
    /// A list whose order does not matter.
    static final String DISABLE = "disable";
    /// Compared by hash, never shown.
    static final String AGENT_TOKEN = "agentToken";
    /// What a cluster is made with and keeps. Pods and Services have addresses and names by them already, and data lies
    /// where it lies.
    private static final Set<String> FIXED = Set.of("clusterCidr", "serviceCidr", "clusterDomain", DATASTORE);

    /// One flag that differs.
    ///
    /// @param key its name in camel case
    /// @param here this server's value; in its normal form, empty when it is not set
    /// @param there the cluster's; in its normal form, empty when it is not set
    public record Difference(String key, String here, String there) {
        /// `--cluster-cidr` for `clusterCidr`.
        /// @return `datastore` as it is, for no flag is called so
        public String flag() {
            return key.equals(DATASTORE) ? DATASTORE : Agreement.flag(key);
        }

        /// Whether it cannot change in the life of a cluster.
        public boolean fixed() {
            return FIXED.contains(key);
        }
    }

    /// Sorts the values.
    public Agreement {
        values = new TreeMap<>(values);
    }

    /// From settings as the launcher has them.
    ///
    /// @param critical the flags that count, as [Declarations] has them
    /// @param settings flag names in camel case to texts, lists or truth values; a flag that is missing is absent
    /// @param datastore the kind of datastore
    /// @throws IllegalArgumentException when an agent token is none
    public static Agreement of(Set<String> critical, Map<String, Object> settings, String datastore) {
        Map<String, String> values = new TreeMap<>();
        for (String key : critical) {
            values.put(key, normal(key, settings.get(key)));
        }
        values.put(DATASTORE, datastore);
        return new Agreement(values);
    }

    /// One spelling for everything that means the same: lists without spaces, `false` and absent as the empty text, an
    /// agent token as its hash. Order is kept, for the first of two ranges is the primary one; of `disable` only the
    /// words count.
    /// @param value a text, an array, a truth value, or null for absent
    /// @throws IllegalArgumentException when an agent token is none
    public static String normal(String key, @Nullable Object value) {
        List<String> parts = new ArrayList<>();
        Object[] given = value instanceof Object[] many ? many : new Object[] {value == null ? "" : value};
        for (Object one : given) {
            for (String part : one.toString().split(",")) {
                if (!part.isBlank()) {
                    parts.add(part.strip());
                }
            }
        }
        if (key.equals(DISABLE)) {
            Set<String> words = new TreeSet<>();
            parts.forEach(word -> words.add(word.toLowerCase(Locale.ROOT)));
            return String.join(",", words);
        }
        if (key.equals(AGENT_TOKEN)) {
            // line breaks are of the password; blanks are, too, but the records of earlier releases are without them
            String token = value instanceof String text && text.indexOf('\n') >= 0 ? text : String.join(",", parts);
            return parts.isEmpty() ? "" : hash(ClusterToken.agentPassword(token));
        }
        String text = String.join(",", parts);
        return text.equals("false") ? "" : text;
    }

    /// A hash, so that no server learns the agents' token from the record or from another's answer.
    private static String hash(String secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /// Where the two differ, by flag; what only one of them knows counts as absent in the other. So a flag that only a
    /// newer version knows does no harm as long as nobody sets it and it has no default; of one that has, see
    /// [Parity.Mine#contradictions].
    /// @param cluster the values of the others
    /// @return sorted by flag, empty when they agree
    public List<Difference> differences(Agreement cluster) {
        Set<String> keys = new TreeSet<>(values.keySet());
        keys.addAll(cluster.values.keySet());
        List<Difference> all = new ArrayList<>();
        for (String key : keys) {
            String here = values.getOrDefault(key, "");
            String there = cluster.values.getOrDefault(key, "");
            if (!here.equals(there)) {
                all.add(new Difference(key, here, there));
            }
        }
        return all;
    }

    /// The same with one value replaced. Of `value` the normal form is expected.
    public Agreement with(String key, String value) {
        Map<String, String> changed = new TreeMap<>(values);
        changed.put(key, value);
        return new Agreement(changed);
    }

    /// `--cluster-cidr` for `clusterCidr`.
    static String flag(String key) {
        StringBuilder flag = new StringBuilder("--");
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (Character.isUpperCase(c)) {
                flag.append('-');
            }
            flag.append(Character.toLowerCase(c));
        }
        return flag.toString();
    }

    /// `clusterCidr` for `--cluster-cidr` or `cluster-cidr`. Pure; whether there is such a flag is not looked at.
    public static String key(String flag) {
        StringBuilder key = new StringBuilder();
        boolean upper = false;
        for (int i = flag.startsWith("--") ? 2 : 0; i < flag.length(); i++) {
            char c = flag.charAt(i);
            if (c == '-') {
                upper = true;
            } else {
                key.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        return key.toString();
    }

    /// What people may see of a value: of an agent token the beginning of its hash only.
    /// @param value in its normal form
    public static String shown(String key, String value) {
        if (value.isEmpty()) {
            return key.equals(AGENT_TOKEN) || key.equals(DISABLE) ? "(none)" : "(not set)";
        }
        return key.equals(AGENT_TOKEN) && value.length() > 15 ? value.substring(0, 15) + "…" : value;
    }

    /// As JSON: one field for each flag. Values are never secrets: an agent token is a hash in it.
    public Struct json() {
        Struct.Builder out = Struct.builder();
        values.forEach(out::put);
        return out.build();
    }

    /// From JSON, as [#json] makes it.
    public static Agreement of(Struct json) {
        Map<String, String> values = new TreeMap<>();
        for (String key : json.names()) {
            values.put(key, json.text(key));
        }
        return new Agreement(values);
    }
}

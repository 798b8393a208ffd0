package io.k3j.helmcontroller;

import io.k3j.apimachinery.Durations;
import io.k3j.clientapi.ApiClient;
import io.k3j.codec.Json;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Everything that decides what a release is: a HelmChart, the HelmChartConfig of its name, and what both refer to. A
/// value; pure but for [#read].
///
/// @param chart the HelmChart
/// @param config the spec of the HelmChartConfig, empty when there is none
/// @param secrets the `data` of the Secrets that are referred to, by name; those that are optional and missing are not
///     in it
/// @param authorities the `data` of `repoCAConfigMap`
record ReleaseInput(Obj chart, Struct config, Map<String, Struct> secrets, Struct authorities) {
    /// What of the specs does not change a release by itself.
    private static final List<String> HOW = List.of("jobImage", "backOffLimit", "timeout", "failurePolicy", "bootstrap",
            "podSecurityContext", "securityContext", "helmVersion", "authPassCredentials");
    private static final Duration TIMEOUT = Duration.ofSeconds(300);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final long BACK_OFF_LIMIT = 1000;
    /// A label's value may have no more characters.
    private static final int HASH_CHARACTERS = 63;

    /// Reads what the two refer to; blocks for a request each.
    ///
    /// @throws ChartRefused when something is not there that must be
    static ReleaseInput read(ApiClient api, Obj chart, Struct config) {
        Map<String, Struct> secrets = new TreeMap<>();
        List<Struct> references = new ArrayList<>(chart.spec().seq("valuesSecrets").structs());
        references.addAll(config.seq("valuesSecrets").structs());
        for (Struct reference : references) {
            if (!reference.seq("keys").isEmpty()) {
                take(api, chart, reference.text("name"), reference.flag("ignoreUpdates"), secrets);
            }
        }
        for (String field : List.of("authSecret", "dockerRegistrySecret")) {
            String name = chart.spec().struct(field).text("name");
            if (!name.isEmpty()) {
                take(api, chart, name, false, secrets);
            }
        }
        String map = chart.spec().struct("repoCAConfigMap").text("name");
        Struct authorities = map.isEmpty()
                ? Struct.EMPTY
                : api.find(BuiltinResources.CONFIG_MAPS, new Key(chart.namespace(), map))
                        .orElseThrow(() -> missing("ConfigMap", chart, map)).tree().struct("data");
        return new ReleaseInput(chart, config, Collections.unmodifiableMap(secrets), authorities);
    }

    private static void take(ApiClient api, Obj chart, String name, boolean optional, Map<String, Struct> secrets) {
        Optional<Obj> found = api.find(BuiltinResources.SECRETS, new Key(chart.namespace(), name));
        if (found.isEmpty() && !optional) {
            throw missing("Secret", chart, name);
        }
        found.ifPresent(secret -> secrets.put(name, secret.tree().struct("data")));
    }

    private static ChartRefused missing(String kind, Obj chart, String name) {
        return new ChartRefused(kind + "NotFound", "the " + kind + " " + chart.namespace() + "/" + name
                + " that the HelmChart refers to does not exist; create it in this namespace");
    }

    /// The release's name.
    String release() {
        return chart.name();
    }

    /// Where it is installed, and where Helm keeps its records.
    String namespace() {
        return chart.spec().text("targetNamespace", chart.namespace());
    }

    /// `secret` or `configmap`.
    String driver() {
        return chart.spec().text("driver", "secret");
    }

    /// `reinstall`, `abort` or `retry`; the configuration's counts before the chart's.
    String failurePolicy() {
        String chosen = chart.spec().text("failurePolicy", "reinstall");
        return config.text("failurePolicy", chosen);
    }

    /// How often a failing operation is tried again.
    long backOffLimit() {
        return chart.spec().whole("backOffLimit", BACK_OFF_LIMIT);
    }

    /// How long Helm waits for one hook, a second at least and an hour at most.
    ///
    /// @throws ChartRefused when it is no duration and the chart is not being removed, which nothing is to keep
    Duration timeout() {
        String text = chart.spec().text("timeout");
        if (text.isEmpty()) {
            return TIMEOUT;
        }
        try {
            Duration asked = Durations.parse(text);
            Duration atLeast = asked.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : asked;
            return atLeast.compareTo(LONGEST) > 0 ? LONGEST : atLeast;
        } catch (IllegalArgumentException none) {
            if (chart.terminating()) {
                return TIMEOUT;
            }
            throw new ChartRefused("InvalidTimeout", "spec.timeout " + text + " is no duration; write for instance 5m");
        }
    }

    /// Fields that are set and do nothing here, in the order of the specs.
    List<String> ignored() {
        List<String> all = new ArrayList<>();
        for (String name : List.of("takeOwnership", "forceConflicts", "jobImage", "podSecurityContext",
                "securityContext")) {
            Object value = config.has(name) ? config.get(name) : chart.spec().get(name);
            if (value != null && !Boolean.FALSE.equals(value)) {
                all.add("spec." + name);
            }
        }
        if (config.text("serverSide", chart.spec().text("serverSide")).equals("true")) {
            all.add("spec.serverSide");
        }
        return all;
    }

    /// The same as long as nothing changes that the release is made from. Secrets with `ignoreUpdates` do not count.
    String hash() {
        Struct.Builder used = Struct.builder();
        values(chart.spec(), used, "chart");
        values(config, used, "config");
        Struct all = Struct.of("chart", relevant(chart.spec()), "namespace", namespace(), "config", relevant(config),
                "secrets", used.build());
        return HexFormat.of().withUpperCase().formatHex(sha256(Json.bytes(all))).substring(0, HASH_CHARACTERS);
    }

    private void values(Struct spec, Struct.Builder into, String whose) {
        for (Struct reference : spec.seq("valuesSecrets").structs()) {
            Struct data = secrets.getOrDefault(reference.text("name"), Struct.EMPTY);
            if (!reference.flag("ignoreUpdates")) {
                for (String key : reference.seq("keys").texts()) {
                    into.put(whose + "/" + reference.text("name") + "/" + key, data.text(key));
                }
            }
        }
    }

    private static Struct relevant(Struct spec) {
        Struct next = spec;
        for (String name : HOW) {
            next = next.without(name);
        }
        return next.has("set") ? next.with("set", sorted(next.struct("set"))) : next;
    }

    private static Struct sorted(Struct set) {
        Map<String, Object> all = new TreeMap<>();
        set.forEach(all::put);
        return Struct.copyOf(all);
    }

    /// Where the chart is from, for people: K3s' words.
    String source() {
        Struct spec = chart.spec();
        String version = spec.text("version");
        if (!spec.text("chartContent").isEmpty()) {
            String url = chart.annotations().getOrDefault("helm.cattle.io/chart-url", "");
            return "inline spec.chartContent" + (url.isEmpty() ? "" : " from " + url);
        }
        if (spec.text("chart").toLowerCase(Locale.ROOT).startsWith("oci://")) {
            return (version.isEmpty() ? "latest stable version" : "version " + version) + " from OCI registry "
                    + spec.text("chart");
        }
        if (spec.text("chart").contains("://")) {
            return spec.text("chart");
        }
        return (version.isEmpty()
                ? "latest stable version of " + spec.text("chart")
                : spec.text("chart") + " version " + version) + " from chart repository " + spec.text("repo");
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

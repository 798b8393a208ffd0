package io.k3j.helmcontroller;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/// What one run of Helm is given: `request.properties` and the files it names, as `io.k3j.helm.Operation` reads them.
/// Secrets are in these files and nowhere else. Pure; built by one thread.
final class HelmRequest {
    private static final String CERTIFICATE = "repository.crt";
    private static final String KEY = "repository.key";
    private final Properties properties = new Properties();
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    private HelmRequest(String operation, ReleaseInput input) {
        put("operation", operation);
        put("release", input.release());
        put("namespace", input.namespace());
        put("timeoutSeconds", Long.toString(input.timeout().toSeconds()));
    }

    /// For an uninstallation.
    static HelmRequest uninstall(ReleaseInput input) {
        return new HelmRequest("uninstall", input);
    }

    /// For an installation or an upgrade.
    ///
    /// @param operation `install` or `upgrade`
    /// @param server what `%{KUBERNETES_API}%` stands for
    /// @throws ChartRefused when the objects do not say what to do
    static HelmRequest deploy(String operation, ReleaseInput input, String server) {
        HelmRequest request = new HelmRequest(operation, input);
        Struct spec = input.chart().spec();
        request.chart(input, ChartSource.of(input.chart().name(), spec, server));
        request.values(input, spec.struct("set"));
        request.authorities(spec.text("repoCA"), input.authorities());
        request.asked("insecureSkipTlsVerify", spec.flag("insecureSkipTLSVerify"));
        request.asked("plainHttp", spec.flag("plainHTTP"));
        request.asked("createNamespace", spec.flag("createNamespace"));
        request.registry(input);
        return request;
    }

    /// Adds a setting.
    HelmRequest put(String name, String value) {
        properties.setProperty(name, value);
        return this;
    }

    /// Adds a file.
    HelmRequest file(String name, byte[] content) {
        files.put(name, content);
        return this;
    }

    /// Everything to be written, by name below the run's directory.
    Map<String, byte[]> files() {
        Map<String, byte[]> all = new LinkedHashMap<>(files);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            properties.store(out, null);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        all.put("request.properties", out.toByteArray());
        return all;
    }

    private void asked(String name, boolean flag) {
        if (flag) {
            put(name, "true");
        }
    }

    private void chart(ReleaseInput input, ChartSource source) {
        Struct spec = input.chart().spec();
        put("chart", source.chart());
        if (source.content().length > 0) {
            file(ChartSource.FILE, source.content());
        } else if (!spec.text("version").isEmpty()) {
            put("version", spec.text("version"));
        }
        if (!source.repository().isEmpty()) {
            put("repo.url", source.repository());
            put("repo.name", source.chart().substring(0, source.chart().indexOf('/')));
            asked("repo.passCredentials", spec.flag("authPassCredentials"));
            credentials(input.secrets().getOrDefault(spec.struct("authSecret").text("name"), Struct.EMPTY));
        }
    }

    /// Of a Secret of type `kubernetes.io/basic-auth` or `kubernetes.io/tls`, as K3s takes both.
    private void credentials(Struct secret) {
        if (secret.has("username") && secret.has("password")) {
            put("repo.username", text(secret, "username"));
            put("repo.password", text(secret, "password"));
        } else if (secret.has("tls.crt") && secret.has("tls.key")) {
            file(CERTIFICATE, decoded(secret, "tls.crt"));
            file(KEY, decoded(secret, "tls.key"));
            put("repo.certFile", CERTIFICATE);
            put("repo.keyFile", KEY);
        }
    }

    private void values(ReleaseInput input, Struct set) {
        int number = 0;
        for (Map.Entry<String, byte[]> values : ValueFiles.of(input).entrySet()) {
            file(values.getKey(), values.getValue());
            put("values." + number++, values.getKey());
        }
        assign("set", ValueFiles.set(set, true), false);
        assign("setFile", ValueFiles.set(set, false), true);
    }

    private void assign(String name, Map<String, String> values, boolean byFile) {
        int number = 0;
        for (Map.Entry<String, String> value : values.entrySet()) {
            String place = "set-" + number;
            put(name + "." + number + ".key", value.getKey());
            put(name + "." + number + ".value", byFile ? place : value.getValue());
            if (byFile) {
                file(place, value.getValue().getBytes(StandardCharsets.UTF_8));
            }
            number++;
        }
    }

    private void authorities(String one, Struct map) {
        StringBuilder all = new StringBuilder(one);
        map.forEach((name, certificate) -> all.append('\n').append(certificate));
        if (!all.toString().isBlank()) {
            file("ca.pem", all.append('\n').toString().getBytes(StandardCharsets.UTF_8));
            put("caFile", "ca.pem");
        }
    }

    /// Only the credentials themselves: the file could also name programs that Helm would start to ask for them.
    private void registry(ReleaseInput input) {
        String name = input.chart().spec().struct("dockerRegistrySecret").text("name");
        Struct secret = input.secrets().getOrDefault(name, Struct.EMPTY);
        if (name.isEmpty()) {
            return;
        }
        try {
            Struct config = Json.object(decoded(secret, ".dockerconfigjson"));
            file("config/registry/config.json", Json.bytes(Struct.of("auths", config.struct("auths"))));
        } catch (MalformedInput broken) {
            throw new ChartRefused("InvalidSecret", "the Secret " + input.chart().namespace() + "/" + name
                    + " has no JSON in the key .dockerconfigjson; make it with kubectl create secret docker-registry");
        }
    }

    private static byte[] decoded(Struct secret, String key) {
        return Base64.getDecoder().decode(secret.text(key));
    }

    private static String text(Struct secret, String key) {
        return new String(decoded(secret, key), StandardCharsets.UTF_8);
    }
}

package io.k3j.schedulerconfig;

import io.k3j.apimachinery.GoDuration;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads the extenders of a file, with upstream's validation. Blocks for the disk where certificates are files.
final class ExtenderConfigs {
    private static final int MOST = 50;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private final List<ExtenderConfig> extenders = new ArrayList<>();
    private final Set<String> ignored = new HashSet<>();
    private final Set<String> managed = new HashSet<>();
    private int binders;

    ExtenderConfigs(Fields file) {
        List<Fields> list = file.list("extenders");
        if (list.size() > MOST) {
            file.wrong("extenders", "there are more than " + MOST);
            return;
        }
        list.forEach(this::read);
        if (binders > 1) {
            file.wrong("extenders", "Invalid value: found " + binders
                    + " extenders implementing bind: only one extender can implement bind");
        }
    }

    List<ExtenderConfig> extenders() {
        return extenders;
    }

    /// Resources that extenders look after, so that nobody else does.
    Set<String> ignored() {
        return ignored;
    }

    private void read(Fields e) {
        ExtenderConfig.Verbs verbs = new ExtenderConfig.Verbs(verb(e, "filterVerb"), verb(e, "prioritizeVerb"),
                verb(e, "preemptVerb"), verb(e, "bindVerb"));
        long weight = e.whole("weight", 0, Integer.MIN_VALUE, Integer.MAX_VALUE, "it is too large");
        if (!verbs.prioritize().isEmpty() && weight <= 0) {
            e.invalid("weight", weight, "must have a positive weight applied to it");
        }
        binders += verbs.bind().isEmpty() ? 0 : 1;
        URI url = url(e);
        e.any("enableHTTPS");
        extenders.add(new ExtenderConfig(url, verbs, weight, timeout(e), e.flag("nodeCacheCapable", false),
                resources(e), e.flag("ignorable", false), tls(e)));
        e.end();
    }

    private static String verb(Fields e, String field) {
        String verb = e.text(field, "");
        return verb.startsWith("/") ? verb.substring(1) : verb;
    }

    private static URI url(Fields e) {
        String text = e.text("urlPrefix", "");
        try {
            URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (http && url.getHost() != null && url.getRawUserInfo() == null && url.getRawQuery() == null) {
                return url;
            }
        } catch (URISyntaxException wrong) {
            // told below
        }
        e.wrong("urlPrefix", "it must be like http://127.0.0.1:8888/scheduler");
        return URI.create("");
    }

    private static Duration timeout(Fields e) {
        String text = e.text("httpTimeout", "");
        try {
            Duration timeout = text.isEmpty() ? TIMEOUT : GoDuration.parse(text);
            if (!timeout.isNegative()) {
                return timeout.isZero() ? TIMEOUT : timeout;
            }
        } catch (IllegalArgumentException wrong) {
            // told below
        }
        e.invalid("httpTimeout", text, "it must be a duration such as 5s");
        return TIMEOUT;
    }

    private Set<String> resources(Fields e) {
        Set<String> names = new HashSet<>();
        for (Fields resource : e.list("managedResources")) {
            String name = resource.text("name", "");
            if (!name.contains("/") || name.startsWith("kubernetes.io/")) {
                resource.invalid("name", name, "must be an extended resource name, as example.com/gpu");
            } else if (!managed.add(name)) {
                resource.invalid("name", name, "duplicate extender managed resource name");
            }
            if (resource.flag("ignoredByScheduler", false)) {
                ignored.add(name);
            }
            resource.end();
            names.add(name);
        }
        return names;
    }

    private static ExtenderConfig.Tls tls(Fields e) {
        if (!e.has("tlsConfig")) {
            e.any("tlsConfig");
            return ExtenderConfig.Tls.NONE;
        }
        Fields tls = e.fields("tlsConfig");
        if (!tls.text("serverName", "").isEmpty()) {
            tls.wrong("serverName", "another name than that of urlPrefix is not supported by K3j; leave it out");
        }
        ExtenderConfig.Tls read = new ExtenderConfig.Tls(tls.flag("insecure", false), pem(tls, "ca"), pem(tls, "cert"),
                pem(tls, "key"));
        if (read.insecure() && !read.authorities().isEmpty()) {
            tls.wrong("insecure", "specifying a root certificates file with the insecure flag is not allowed");
        }
        if (read.certificate().isEmpty() != read.key().isEmpty()) {
            tls.wrong("certFile", "certificate and key go together");
        }
        tls.end();
        return read;
    }

    /// What a field's data or its file holds; empty for neither.
    private static String pem(Fields tls, String what) {
        String data = tls.text(what + "Data", "");
        String file = tls.text(what + "File", "");
        try {
            return !data.isEmpty() ? new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8)
                    : file.isEmpty() ? "" : Files.readString(Path.of(file));
        } catch (IOException | InvalidPathException wrong) {
            tls.wrong(what + "File", file + " cannot be read: " + wrong.getClass().getSimpleName());
        } catch (IllegalArgumentException wrong) {
            tls.wrong(what + "Data", "it must be PEM in base64");
        }
        return "";
    }
}

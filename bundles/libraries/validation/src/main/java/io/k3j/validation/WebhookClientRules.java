package io.k3j.validation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Struct;

/// What the address of a webhook must look like, for admission and for conversion: upstream's `ValidateWebhookURL` and
/// `ValidateWebhookService`. Pure; any thread.
public final class WebhookClientRules {
    private static final String FORM = "; desired format: https://host[/path]";

    private WebhookClientRules() {
    }

    /// Everything wrong with a client configuration but its `caBundle`.
    ///
    /// @param config with `url` or `service`, its defaults filled in
    /// @param p its place
    public static void check(Struct config, Problems p) {
        boolean url = config.has("url");
        if (url == config.has("service")) {
            p.required("exactly one of url or service is required");
        } else if (url) {
            url(config.text("url"), p.at("url"));
        } else {
            service(config.struct("service"), p.at("service"));
        }
    }

    private static void url(String text, Problems p) {
        ParsedUrl url;
        try {
            url = ParsedUrl.parse(text);
        } catch (IllegalArgumentException e) {
            p.required("url must be a valid URL: " + e.getMessage() + FORM);
            return;
        }
        if (!url.scheme().equals("https")) {
            p.invalid(url.scheme(), "'https' is the only allowed URL scheme" + FORM);
        }
        if (url.host().isEmpty()) {
            p.invalid("", "host must be specified" + FORM);
        }
        if (url.named()) {
            p.forbidden("user information is not permitted in the URL");
        }
        if (!url.fragment().isEmpty()) {
            p.invalid(url.fragment(), "fragments are not permitted in the URL");
        }
        if (!url.query().isEmpty()) {
            p.invalid(url.query(), "query parameters are not permitted in the URL");
        }
    }

    private static void service(Struct service, Problems p) {
        p.present(service, "name");
        p.present(service, "namespace");
        long port = service.whole("port", 0);
        Names.portNumber(port).forEach(w -> p.at("port").invalid(port, "port is not valid: " + w));
        servicePath(service.text("path"), p.at("path"));
    }

    private static void servicePath(String path, Problems p) {
        if (path.isEmpty() || path.equals("/")) {
            return;
        }
        if (path.charAt(0) != '/') {
            p.invalid(path, "must start with a '/'");
        }
        if (path.equals("//")) {
            p.invalid(path, "segment[0] may not be empty");
            return;
        }
        String inner = path.endsWith("/") && path.length() > 2 ? path.substring(0, path.length() - 1) : path;
        String[] steps = inner.substring(1).split("/", -1);
        for (int i = 0; i < steps.length; i++) {
            if (steps[i].isEmpty()) {
                p.invalid(path, "segment[" + i + "] may not be empty");
                continue;
            }
            for (String wrong : Names.subdomain(steps[i])) {
                p.invalid(path, "segment[" + i + "]: " + wrong);
            }
        }
    }
}

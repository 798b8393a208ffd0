package io.k3j.webhookclient;

import io.k3j.model.Struct;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Where a webhook is, as its `clientConfig` says: a Service, or a URL. Equal ones share connections.
///
/// A URL is one to Go, by which it was let pass: its path may hold what Java would not take, and its host a name that
/// is none to Java, as one with an underscore.
/// @param url empty for a Service
/// @param path of a Service
/// @param port of a Service
/// @param caBundle base64 of PEM; empty: the authorities of this machine
public record ClientConfig(String url, String namespace, String service, String path, int port, String caBundle) {
    private static final int HTTPS = 443;
    private static final int LAST_PORT = 65_535;
    /// What Go takes in a path and Java does not.
    private static final String ESCAPED = "\"<>[\\]^`{|}";

    /// As an object has it.
    public static ClientConfig of(Struct config) {
        Struct service = config.struct("service");
        return new ClientConfig(config.text("url"), service.text("namespace"), service.text("name"),
                service.text("path"), (int) service.whole("port", HTTPS), config.text("caBundle"));
    }

    /// Whether it is a Service of this cluster.
    boolean ofService() {
        return url.isEmpty();
    }

    /// The address to post to. A Service is called by the name its certificate must have.
    /// @throws CallFailure for what is no address
    public URI address() throws CallFailure {
        try {
            return ofService()
                    ? new URI("https", null, service + "." + namespace + ".svc", port,
                            path.startsWith("/") ? path : "/" + path, null, null)
                    : checked(new URI(escaped(url)));
        } catch (URISyntaxException e) {
            throw new CallFailure("could not get REST client: Unparsable URL: " + e.getMessage(), CallFailure.UNUSABLE);
        }
    }

    private static String escaped(String url) {
        int path = url.indexOf('/', url.indexOf("//") + 2);
        if (path < 0) {
            return url;
        }
        StringBuilder b = new StringBuilder(url.substring(0, path));
        for (byte c : url.substring(path).getBytes(StandardCharsets.UTF_8)) {
            boolean plain = c > ' ' && c < 0x7f && ESCAPED.indexOf(c) < 0;
            b.append(plain ? String.valueOf((char) c) : "%" + HexFormat.of().withUpperCase().toHexDigits(c));
        }
        return b.toString();
    }

    private static URI checked(URI address) throws CallFailure {
        String authority = address.getRawAuthority();
        if (!"https".equalsIgnoreCase(address.getScheme()) || host(address).isEmpty() || authority == null
                || authority.indexOf('@') >= 0 || says(address.getRawQuery()) || says(address.getRawFragment())) {
            throw new CallFailure("could not get REST client: the url must be like https://host[/path]");
        }
        return address;
    }

    private static boolean says(@Nullable String part) {
        return part != null && !part.isEmpty();
    }

    /// The host of an address, without the brackets of IPv6.
    static String host(URI address) {
        String host = address.getHost();
        if (host == null) {
            String authority = address.getRawAuthority();
            return authority == null ? "" : authority.substring(0, hostEnd(authority));
        }
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int hostEnd(String authority) {
        int colon = authority.indexOf(':');
        return colon < 0 ? authority.length() : colon;
    }

    /// The path of an address as it is sent, at least a slash.
    static String path(URI address) {
        String path = address.getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    /// The port of an address, that of HTTPS where it names none; 0 for one that is none.
    static int port(URI address) {
        if (address.getHost() != null || address.getRawAuthority() == null) {
            return address.getPort() < 0 ? HTTPS : address.getPort() <= LAST_PORT ? address.getPort() : 0;
        }
        String port = address.getRawAuthority().substring(hostEnd(address.getRawAuthority()));
        try {
            int number = port.length() < 2 ? HTTPS : Integer.parseInt(port.substring(1));
            return number >= 0 && number <= LAST_PORT ? number : 0;
        } catch (NumberFormatException none) {
            return 0;
        }
    }
}

package io.k3j.webhookclient;

import io.k3j.model.Struct;
import java.net.URI;
import java.net.URISyntaxException;

/// Where a webhook is, as its `clientConfig` says: a Service, or a URL. Equal ones share connections.
/// @param url empty for a Service
/// @param path of a Service
/// @param port of a Service
/// @param caBundle base64 of PEM; empty: the authorities of this machine
public record ClientConfig(String url, String namespace, String service, String path, int port, String caBundle) {
    private static final int HTTPS = 443;

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
                    : checked(new URI(url));
        } catch (URISyntaxException e) {
            throw new CallFailure("could not get REST client: Unparsable URL: " + e.getMessage());
        }
    }

    private static URI checked(URI address) throws CallFailure {
        if (!"https".equals(address.getScheme()) || address.getHost() == null || address.getUserInfo() != null
                || address.getQuery() != null || address.getFragment() != null) {
            throw new CallFailure("could not get REST client: the url must be like https://host[/path]");
        }
        return address;
    }

    /// The host of an address, without the brackets of IPv6.
    static String host(URI address) {
        String host = address.getHost();
        if (host == null) {
            return "";
        }
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /// The path of an address as it is sent, at least a slash.
    static String path(URI address) {
        String path = address.getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    /// The port of an address, that of HTTPS where it names none.
    static int port(URI address) {
        return address.getPort() < 0 ? HTTPS : address.getPort();
    }
}

package io.k3j.cli;

import io.k3j.apimachinery.ComponentArguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who is asked for images in place of the container runtime: `--image-service-endpoint`, which K3s writes into the
/// first of the kubelet's configuration files, so that other files and the kubelet's own argument prevail over it.
final class ImageServiceEndpoint {
    private static final String KEY = "imageServiceEndpoint";
    private static final String ARGUMENTS = "kubeletArg";
    private static final String ARGUMENT = "image-service-endpoint";
    private static final String SCHEME = "unix://";

    private ImageServiceEndpoint() {
    }

    /// Decides. Afterwards setting and argument say the same, as a URL, or neither is there or says anything.
    ///
    /// @param settings with what the kubelet's files say among its arguments
    /// @return what is wrong with the endpoint
    static Optional<String> fill(Map<String, Object> settings) {
        if (Boolean.TRUE.equals(settings.get("disableAgent"))) {
            return Optional.empty();
        }
        List<String> arguments = settings.get(ARGUMENTS) instanceof String[] given ? List.of(given) : List.of();
        Optional<String> argument = new ComponentArguments("--kubelet-arg", arguments).value(ARGUMENT);
        Object flag = settings.remove(KEY);
        String endpoint = argument.orElse(flag instanceof String text ? text : "");
        if (endpoint.isEmpty()) {
            return Optional.empty();
        }
        String path = endpoint.startsWith(SCHEME) ? endpoint.substring(SCHEME.length()) : endpoint;
        if (!path.startsWith("/")) {
            return Optional.of("invalid --" + (argument.isPresent() ? "kubelet-arg=" : "") + ARGUMENT + " \"" + endpoint
                    + "\": it must be a unix socket such as unix:///run/images/images.sock"
                    + (argument.isPresent() ? ", also as " + KEY + " of a configuration file of the kubelet" : ""));
        }
        settings.put(KEY, SCHEME + path);
        List<String> all = new ArrayList<>(arguments);
        all.removeIf(a -> a.startsWith(ARGUMENT + "="));
        all.add(ARGUMENT + "=" + SCHEME + path);
        settings.put(ARGUMENTS, all.toArray(String[]::new));
        return Optional.empty();
    }
}

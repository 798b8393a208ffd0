package io.k3j.featuremodel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What stands for `%{NAME}%` in packaged manifests: K3s' own variables
/// (<https://docs.k3s.io/installation/packaged-components>), and for any other name the setting of that name, so that
/// `%{NODE_NAME}%` is `--node-name`. Manifests of users are not touched. Immutable.
public final class TemplateVariables {
    /// The order in which the addresses of a node are tried.
    private static final String INTERNAL_FIRST = "InternalIP,ExternalIP,Hostname";
    private static final String EXTERNAL_FIRST = "ExternalIP,InternalIP,Hostname";
    private final Map<String, Object> settings;
    private final Map<String, String> ofK3s = new HashMap<>();

    /// @param settings values of the flags, and of the cluster
    public TemplateVariables(Map<String, Object> settings) {
        this.settings = settings;
        List<String> dns = texts("clusterDns");
        String registry = String.join("", texts("systemDefaultRegistry"));
        ofK3s.put("CLUSTER_DNS", dns.isEmpty() ? "" : dns.getFirst());
        ofK3s.put("CLUSTER_DNS_LIST", "[" + String.join(",", dns) + "]");
        ofK3s.put("CLUSTER_DNS_IPFAMILYPOLICY", dns.size() > 1 ? "RequireDualStack" : "SingleStack");
        ofK3s.put("SYSTEM_DEFAULT_REGISTRY", registry.isEmpty() ? "" : registry + "/");
        ofK3s.put("SYSTEM_DEFAULT_REGISTRY_RAW", registry);
        ofK3s.put("PREFERRED_ADDRESS_TYPES",
                String.join("", texts("flannelExternalIp")).equals("true") ? EXTERNAL_FIRST : INTERNAL_FIRST);
        // whoever installs the chart knows it, and only then
        ofK3s.put("KUBERNETES_API", "%{KUBERNETES_API}%");
    }

    private List<String> texts(String setting) {
        Object value = settings.getOrDefault(setting, "");
        return value instanceof String[] list ? List.of(list)
                : value.toString().isEmpty() ? List.of() : List.of(value.toString().split(","));
    }

    /// Replaces every `%{NAME}%`; a name that nobody knows becomes empty.
    public String substitute(String text) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (int start = text.indexOf("%{"); start >= 0; start = text.indexOf("%{", from)) {
            int end = text.indexOf("}%", start);
            if (end < 0) {
                break;
            }
            out.append(text, from, start).append(value(text.substring(start + 2, end)));
            from = end + 2;
        }
        return out.append(text, from, text.length()).toString();
    }

    private String value(String name) {
        String known = ofK3s.get(name);
        return known != null ? known : String.join(",", texts(camel(name)));
    }

    /// `NODE_NAME` is the setting `nodeName`.
    private static String camel(String name) {
        StringBuilder key = new StringBuilder();
        boolean upper = false;
        for (char c : name.toCharArray()) {
            if (c == '_') {
                upper = true;
            } else {
                key.append(upper ? c : Character.toLowerCase(c));
                upper = false;
            }
        }
        return key.toString();
    }
}

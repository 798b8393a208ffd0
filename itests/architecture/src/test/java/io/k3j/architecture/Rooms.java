package io.k3j.architecture;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who may know whom: the table of `docs/architecture.md`, by package names without `io.k3j.`. What is not in
/// it is a provider: it may know contracts and libraries, and no other provider.
final class Rooms {
    /// Contracts and what they may know.
    static final Map<String, Set<String>> CONTRACTS = Map.of("componentapi", Set.of(), "edgeapi", Set.of(),
            "datastoreapi", Set.of(), "model", Set.of(), "clientapi", Set.of("model"), "apiserverapi",
            Set.of("model", "schema", "clientapi", "edgeapi"), "nodeapi", Set.of("model"), "celapi",
            Set.of("apiserverapi", "schema"), "volumeapi", Set.of("clientapi", "model"));
    /// Libraries and what they may know.
    static final Map<String, Set<String>> LIBRARIES = Map.ofEntries(
            Map.entry("apimachinery", Set.of("model")), Map.entry("componentbase", Set.of("componentapi")),
            Map.entry("validation", Set.of("apimachinery", "apiserverapi", "model")),
            Map.entry("componenthelpers", Set.of("model")),
            Map.entry("corerules",
                    Set.of("apimachinery", "apiserverapi", "corevalidation", "kindrules", "model", "validation")),
            Map.entry("corevalidation", Set.of("apimachinery", "componenthelpers", "model", "validation")),
            Map.entry("printers", Set.of("apimachinery", "apiserverapi", "model")),
            Map.entry("schema", Set.of("apimachinery", "model")),
            Map.entry("protobufwire", Set.of()), Map.entry("openapi", Set.of("model", "protobufwire", "schema")),
            Map.entry("codec", Set.of("model", "protobufwire", "schema")),
            Map.entry("cbor", Set.of("codec", "model", "schema")),
            Map.entry("controllerkit",
                    Set.of("apimachinery", "clientapi", "metricstext", "model", "componentapi", "componentbase")),
            Map.entry("logtail", Set.of("datastoreapi")),
            Map.entry("sqllog", Set.of("componentapi", "componentbase", "datastoreapi", "logtail", "pki")),
            Map.entry("pki", Set.of("durablefiles")), Map.entry("durablefiles", Set.of()),
            Map.entry("signedjars", Set.of()),
            Map.entry("featuremodel", Set.of("componentapi", "durablefiles", "signedjars")),
            Map.entry("plugins", Set.of("componentapi", "componentbase", "featuremodel", "metricstext")),
            Map.entry("childprocess", Set.of("durablefiles")), Map.entry("metricstext", Set.of()),
            Map.entry("corefile", Set.of()), Map.entry("dnsmessage", Set.of("componenthelpers")),
            Map.entry("dnsplugins", Set.of("componenthelpers", "dnsmessage", "metricstext")),
            Map.entry("netfilter", Set.of("nodeapi", "model")),
            Map.entry("flannelconf", Set.of("codec", "componenthelpers", "model")),
            Map.entry("ingressrouting", Set.of("model")),
            Map.entry("ingressresources",
                    Set.of("clientapi", "codec", "componentapi", "controllerkit", "ingressrouting", "model", "pki")),
            Map.entry("netpolicy", Set.of("componenthelpers", "model")),
            Map.entry("streaming", Set.of("edgeapi", "protobufwire")),
            Map.entry("kuberuntime", Set.of("apimachinery", "clientapi", "controllerkit", "model", "nodeapi")),
            Map.entry("cgroups",
                    Set.of("apimachinery", "childprocess", "componenthelpers", "kuberuntime", "model")),
            Map.entry("probes", Set.of("kuberuntime", "metricstext", "model", "nodeapi", "pki", "streaming")),
            Map.entry("kubeletvolumes",
                    Set.of("apimachinery", "cgroups", "childprocess", "componentbase", "componenthelpers",
                            "kuberuntime", "model", "nodefiles", "volumeapi")),
            Map.entry("nodefiles", Set.of("apimachinery")),
            Map.entry("volumecontent",
                    Set.of("clientapi", "controllerkit", "kubeletvolumes", "kuberuntime", "model", "pki")),
            Map.entry("nodestatus",
                    Set.of("apimachinery", "clientapi", "codec", "componentapi", "componenthelpers", "controllerkit",
                            "kuberuntime", "model", "nodeapi")),
            Map.entry("delegatedaccess", Set.of("clientapi", "componentapi", "edgeapi", "model", "pki")),
            Map.entry("kubeletserver",
                    Set.of("childprocess", "clientapi", "codec", "componentapi", "componentbase", "controllerkit",
                            "delegatedaccess",
                            "edgeapi", "imageregistries", "kubeletcadvisor", "kubeletvolumes", "kuberuntime",
                            "metricstext", "model", "nodeapi", "nodefiles", "nodestatus", "pki", "staticfiles",
                            "streaming")),
            Map.entry("builtinschema", Set.of("model", "schema")), Map.entry("jetcd", Set.of()),
            Map.entry("flowcontrol", Set.of("apiserverapi", "clientapi", "metricstext", "model", "watchcache")),
            Map.entry("objectregistry",
                    Set.of("apimachinery", "apiserverapi", "clientapi", "codec", "datastoreapi", "model", "schema",
                            "watchcache")),
            Map.entry("apirequests",
                    Set.of("apimachinery", "apiserverapi", "cbor", "clientapi", "codec", "edgeapi", "flowcontrol",
                            "metricstext", "model", "objectregistry", "watchcache")),
            Map.entry("apiwatches",
                    Set.of("apirequests", "apiserverapi", "clientapi", "componentapi", "componentbase", "edgeapi",
                            "flowcontrol", "metricstext", "model", "objectregistry", "streaming", "watchcache")),
            Map.entry("etcdsnapshots",
                    Set.of("apimachinery", "clientapi", "codec", "componentapi", "controllerkit", "durablefiles",
                            "httpproxy", "metricstext", "model", "pki")),
            Map.entry("httpproxy", Set.of("componenthelpers")),
            Map.entry("imageregistries",
                    Set.of("codec", "durablefiles", "edgeapi", "httpproxy", "metricstext", "model", "pki")),
            Map.entry("kubeletconfig",
                    Set.of("apimachinery", "codec", "componenthelpers", "durablefiles", "model")),
            Map.entry("schedulerconfig", Set.of("apimachinery", "codec", "model")),
            Map.entry("schedulercache",
                    Set.of("apimachinery", "componenthelpers", "controllerkit", "deviceallocation", "model",
                            "schedulerconfig")),
            Map.entry("schedulingqueue", Set.of("componentapi", "metricstext", "model", "schedulercache")),
            Map.entry("kubeletcadvisor", Set.of("cgroups", "kubeletvolumes", "metricstext")),
            Map.entry("kubelettopology", Set.of()),
            Map.entry("kubeletcpus",
                    Set.of("apimachinery", "codec", "durablefiles", "kubelettopology", "model")),
            Map.entry("kubeletmemory",
                    Set.of("apimachinery", "codec", "durablefiles", "kubelettopology", "model")),
            Map.entry("kubeletdevices",
                    Set.of("apimachinery", "codec", "componentapi", "componentbase", "durablefiles",
                            "kubelettopology", "kuberuntime", "model", "protobufwire", "streaming")),
            Map.entry("kubeleteviction", Set.of("apimachinery", "model")), Map.entry("kubeletimages",
                    Set.of("childprocess", "codec", "durablefiles", "imageregistries", "kuberuntime", "model",
                            "nodeapi", "podstatus")),
            Map.entry("kubeletoptions",
                    Set.of("apimachinery", "cgroups", "codec", "componentapi", "kubeletconfig", "kubeleteviction",
                            "kubeletimages", "kubeletserver", "kubeletuserns", "kubeletvolumes", "kuberuntime",
                            "model", "nodeapi", "nodestatus")),
            Map.entry("podstatus",
                    Set.of("cgroups", "clientapi", "controllerkit", "kuberuntime", "model", "nodeapi",
                            "nodefiles")),
            Map.entry("podallocation",
                    Set.of("apimachinery", "cgroups", "clientapi", "componentapi", "componentbase",
                            "componenthelpers", "kubeletconfig", "kubeletcpus", "kubeletdevices", "kubeleteviction",
                            "kubeletmemory", "kubeletoptions", "kubelettopology", "kuberuntime", "model", "nodeapi",
                            "nodestatus", "podstatus")),
            Map.entry("nodeshutdown", Set.of("childprocess", "codec", "kubeletconfig", "model", "podstatus")),
            Map.entry("kubeletnfs", Set.of("kubeletvolumes", "model", "nodefiles", "volumeapi")),
            Map.entry("kubeletuserns",
                    Set.of("childprocess", "codec", "durablefiles", "kuberuntime", "model", "nodeapi")),
            Map.entry("encryption", Set.of("codec", "model")),
            Map.entry("encryptionproviders",
                    Set.of("apimachinery", "apiserverapi", "clientapi", "codec", "componentapi", "componentbase",
                            "encryption", "metricstext", "model", "protobufwire", "streaming", "validation",
                            "watchcache")),
            Map.entry("watchcache",
                    Set.of("apiserverapi", "cbor", "clientapi", "codec", "componentapi", "componentbase",
                            "datastoreapi",
                            "encryption",
                            "model")),
            Map.entry("supervisorrequests", Set.of("codec", "edgeapi", "pki")),
            Map.entry("servercredentials",
                    Set.of("codec", "componentapi", "componenthelpers", "edgeapi", "model", "pki")),
            Map.entry("clusteragreement", Set.of("codec", "datastoreapi", "model", "pki", "servercredentials")),
            Map.entry("secretsencryption",
                    Set.of("clientapi", "clusteragreement", "codec", "datastoreapi", "edgeapi", "encryption", "model",
                            "pki", "servercredentials", "supervisorrequests")),
            Map.entry("nodetunnels", Set.of("edgeapi", "streaming", "supervisorrequests")),
            Map.entry("admissionmatching", Set.of("apiserverapi", "clientapi", "model")),
            Map.entry("admissioncel", Set.of("admissionmatching", "apiserverapi", "celapi", "model", "schema")),
            Map.entry("admissionkit",
                    Set.of("apimachinery", "apiserverapi", "clientapi", "codec", "componenthelpers", "model",
                            "validation")),
            Map.entry("nodewrites", Set.of("apiserverapi", "clientapi", "componenthelpers", "model")),
            Map.entry("podsecurity", Set.of("admissionkit", "apiserverapi", "model", "validation")),
            Map.entry("serviceaddresses",
                    Set.of("apiserverapi", "clientapi", "componenthelpers", "model", "validation")),
            Map.entry("celvalues", Set.of("celapi", "model", "schema")),
            Map.entry("celestimates", Set.of("celvalues", "model", "schema")),
            Map.entry("devicecel", Set.of("celapi", "model")),
            Map.entry("devicerules",
                    Set.of("apimachinery", "apiserverapi", "celapi", "clientapi", "codec", "corevalidation",
                            "devicecel", "kindrules", "model", "validation")),
            Map.entry("deviceallocation",
                    Set.of("apimachinery", "celapi", "clientapi", "componenthelpers", "controllerkit", "devicecel",
                            "model")),
            Map.entry("kubeletdra",
                    Set.of("clientapi", "codec", "componenthelpers", "durablefiles", "model", "protobufwire",
                            "streaming")),
            Map.entry("apiservercontrollers",
                    Set.of("apiserverapi", "clientapi", "codec", "componentapi", "componentbase", "datastoreapi",
                            "flowcontrol", "model", "objectregistry", "watchcache")),
            Map.entry("apicontributions",
                    Set.of("apiserverapi", "clientapi", "componentapi", "componentbase", "model", "objectregistry")),
            Map.entry("apiaccess",
                    Set.of("apicontributions", "apimachinery", "apirequests", "apiserverapi", "clientapi", "codec",
                            "componentbase", "edgeapi", "flowcontrol", "metricstext", "model", "objectregistry")),
            Map.entry("apidiscovery",
                    Set.of("apiaccess", "apicontributions", "apirequests", "apiserverapi", "clientapi", "codec",
                            "edgeapi", "model", "objectregistry", "openapi", "schema", "watchcache")),
            Map.entry("kindrules", Set.of("apimachinery", "apiserverapi", "model", "validation")),
            Map.entry("workloadrules",
                    Set.of("apimachinery", "apiserverapi", "codec", "componenthelpers", "corevalidation", "kindrules",
                            "model", "schema", "validation")),
            Map.entry("apiserverrules",
                    Set.of("admissioncel", "apimachinery", "apiserverapi", "celapi", "clientapi", "flowcontrol",
                            "kindrules", "model", "pki", "validation")),
            Map.entry("devicecontrollers",
                    Set.of("clientapi", "componentapi", "componenthelpers", "controllerkit", "model")),
            Map.entry("endpointcontrollers",
                    Set.of("apimachinery", "clientapi", "componentapi", "componenthelpers", "controllerkit", "model")),
            Map.entry("volumecontrollers",
                    Set.of("apimachinery", "clientapi", "componentapi", "controllerkit", "model")),
            Map.entry("processprofiles", Set.of("edgeapi", "pki")),
            Map.entry("staticfiles", Set.of("edgeapi")), Map.entry("kubeletclient", Set.of("edgeapi", "model", "pki")),
            Map.entry("webhookclient", Set.of("clientapi", "codec", "componentbase", "edgeapi", "httpproxy",
                    "kubeletclient", "model", "pki")));
    /// The launcher's side, which knows every bundle by name only.
    static final Set<String> PROCESS = Set.of("launcher", "cli", "assembly", "helm");
    /// Contracts with reserved doors: nobody else may use them.
    static final Map<String, Set<String>> RESERVED = Map.of("datastoreapi",
            Set.of("apiserver", "supervisor", "etcdmember", "datastoresqlite", "datastorepostgres", "datastoremysql",
                    "datastoreetcd", "logtail", "sqllog", "watchcache", "objectregistry", "clusteragreement",
                    "secretsencryption", "apiservercontrollers", "cli"),
            "edgeapi", Set.of("edge", "apiserver", "apiaccess", "apidiscovery", "apirequests", "apiwatches",
                    "supervisor", "agent", "etcdmember", "kubelet", "kubeletserver", "delegatedaccess", "secureserving",
                    "apiserverapi", "streaming", "nodeproxy", "resourcesbuiltin", "resourcescrd", "authtokens",
                    "supervisorrequests", "servercredentials", "secretsencryption", "nodetunnels", "staticfiles",
                    "kubeletclient", "processprofiles",
                    "metricsserver", "localpath", "localstorage", "cricontainerd", "imageregistries",
                    "embeddedregistry", "admissionwebhooks", "aggregator", "webhookclient"));

    /// Libraries that are part of the jar of the one provider that uses them: nobody else may know them.
    static final Map<String, String> EMBEDDED = Tree.embedded();

    /// Names that several rooms have for the same idea.
    static final Set<String> SHARED_NAMES = Set.of("Backoff", "Retirement", "Sessions", "ViewKeeper");

    private Rooms() {
    }

    /// Everything a room may know.
    static Set<String> known(String room) {
        Set<String> known = new TreeSet<>(Set.of(room));
        Map<String, Set<String>> shared = new TreeMap<>(CONTRACTS);
        shared.putAll(LIBRARIES);
        known.addAll(shared.containsKey(room) ? shared.get(room) : shared.keySet());
        RESERVED.forEach((door, holders) -> {
            if (!holders.contains(room) && !door.equals(room)) {
                known.remove(door);
            }
        });
        String jar = EMBEDDED.getOrDefault(room, room);
        EMBEDDED.forEach((library, provider) -> {
            if (!provider.equals(jar)) {
                known.remove(library);
            }
        });
        return known;
    }

    static boolean provider(String room) {
        return !CONTRACTS.containsKey(room) && !LIBRARIES.containsKey(room) && !PROCESS.contains(room);
    }
}

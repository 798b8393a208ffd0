package io.k3j.aggregator;

import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.Conditions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.webhookclient.ClientConfig;

/// An APIService that names a Service. A value; equal ones are asked alike.
/// @param insecure `insecureSkipTLSVerify`
/// @param available whether its last check has passed, as its status says
record ApiService(String name, String group, String version, int groupPriority, int versionPriority,
        ClientConfig server, boolean insecure, boolean available) {
    static final Gvr RESOURCE = Gvr.of("apiregistration.k8s.io/v1", "apiservices");
    static final String AVAILABLE = "Available";

    /// Whether an object names a Service.
    static boolean remote(Obj object) {
        return object.spec().has("service");
    }

    static ApiService of(Obj object) {
        Struct spec = object.spec();
        ClientConfig server = ClientConfig.of(Struct.of("service", spec.struct("service"), "caBundle",
                spec.text("caBundle")));
        return new ApiService(object.name(), spec.text("group"), spec.text("version"),
                (int) spec.whole("groupPriorityMinimum", 0), (int) spec.whole("versionPriority", 0), server,
                spec.flag("insecureSkipTLSVerify"),
                Conditions.isTrue(object.status().seq("conditions"), AVAILABLE));
    }

    /// `GROUP/VERSION`.
    String groupVersion() {
        return group + "/" + version;
    }

    /// The Service.
    Key service() {
        return new Key(server.namespace(), server.service());
    }

    /// For discovery.
    AggregatedApis.Version described(Struct discovery) {
        return new AggregatedApis.Version(group, version, groupPriority, versionPriority, discovery);
    }

    /// 429 for too many at once.
    static ApiFault tooMany(String who, int most) {
        return new ApiFault(429, "TooManyRequests",
                who + " has " + most + " requests to other API servers at once; end some of them and try again",
                Struct.of("retryAfterSeconds", 1));
    }
}

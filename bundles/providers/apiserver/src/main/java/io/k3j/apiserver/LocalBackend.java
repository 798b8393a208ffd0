package io.k3j.apiserver;

import io.k3j.apiaccess.Access;
import io.k3j.apiaccess.Auditing;
import io.k3j.apicontributions.Contributions;
import io.k3j.apidiscovery.RemoteApis;
import io.k3j.componentapi.Health;
import io.k3j.flowcontrol.RequestLimits;
import io.k3j.objectregistry.ObjectRegistry;
import io.k3j.objectregistry.Storage;

/// The parts of the server that [LocalClient] calls.
/// @param health where views report
record LocalBackend(Contributions contributions, Storage storage, Access access, RequestLimits limits,
        ObjectRegistry objects, Operations operations, RemoteApis remote, Health health, Auditing auditing) {
}

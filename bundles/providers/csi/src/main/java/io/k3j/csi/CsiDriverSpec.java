package io.k3j.csi;

import io.k3j.clientapi.ApiClient;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What a CSIDriver object says, with upstream's defaults where there is none.
///
/// @param known whether there is one
record CsiDriverSpec(boolean known, Struct spec) {
    private static final Gvr DRIVERS = Gvr.of("storage.k8s.io/v1", "csidrivers");
    private static final String PERSISTENT = "Persistent";

    /// Asks the API.
    /// @throws io.k3j.clientapi.ApiFault when it does not answer
    static CsiDriverSpec of(ApiClient api, String driver) {
        return of(api.find(DRIVERS, Key.of(driver)));
    }

    static CsiDriverSpec of(Optional<Obj> found) {
        return new CsiDriverSpec(found.isPresent(), found.map(Obj::spec).orElse(Struct.EMPTY));
    }

    /// Whether volumes have to be attached before they are used.
    boolean attach() {
        return spec.flag("attachRequired", true);
    }

    boolean podInfo() {
        return spec.flag("podInfoOnMount");
    }

    boolean republish() {
        return spec.flag("requiresRepublish");
    }

    String groupPolicy() {
        return spec.text("fsGroupPolicy", "ReadWriteOnceWithFSType");
    }

    List<Struct> tokenRequests() {
        return spec.seq("tokenRequests").structs();
    }

    boolean tokensAreSecrets() {
        return spec.flag("serviceAccountTokenInSecrets");
    }

    /// @throws IOException for a volume of a mode that the driver does not have, in upstream's words
    void check(CsiVolume volume) throws IOException {
        String mode = volume.ephemeral() ? "Ephemeral" : PERSISTENT;
        List<String> modes = spec.seq("volumeLifecycleModes").isEmpty() ? List.of(PERSISTENT)
                : spec.seq("volumeLifecycleModes").texts();
        if (known ? !modes.contains(mode) : volume.ephemeral()) {
            throw new IOException("volume mode \"" + mode + "\" not supported by driver " + volume.driver()
                    + (known ? " (only supports " + modes + ")" : " (no CSIDriver object)"));
        }
    }
}

package io.k3j.kubeletdra;

import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireOut;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The messages that are exchanged with drivers and their registrars, by the field numbers of `dra.v1`, of
/// `dra-health.v1alpha1` and of `pluginregistration.v1`; those of `dra.v1beta1` are the same. Fields of no
/// meaning here are skipped. Pure.
///
/// What a method reads may throw a [io.k3j.protobufwire.MalformedMessage].
final class DraMessages {
    private static final int EXPECTED = 512;
    /// A day: what is longer counts as that.
    private static final long LONGEST_TIMEOUT = 86_400;

    private DraMessages() {
    }

    /// A plug-in that wants to be registered.
    ///
    /// @param type `DRAPlugin` for a driver
    /// @param endpoint where the driver itself listens; empty for the same socket
    record Plugin(String type, String name, String endpoint, List<String> versions) {
    }

    /// What became of one claim.
    ///
    /// @param error empty when it was done
    record Answer(List<ClaimInfo.Device> devices, String error) {
    }

    static Plugin plugin(byte[] message) {
        WireIn in = new WireIn(message);
        String type = "";
        String name = "";
        String endpoint = "";
        List<String> versions = new ArrayList<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> type = in.text();
                case 2 -> name = in.text();
                case 3 -> endpoint = in.text();
                case 4 -> versions.add(in.text());
                default -> in.skip();
            }
        }
        return new Plugin(type, name, endpoint, versions);
    }

    /// @param error empty when it is registered
    static byte[] registrationStatus(String error) {
        WireOut out = new WireOut(EXPECTED);
        if (error.isEmpty()) {
            out.number(1, 1);
        } else {
            out.text(2, error);
        }
        return out.bytes();
    }

    /// `NodePrepareResourcesRequest` and `NodeUnprepareResourcesRequest`.
    static byte[] claims(List<ClaimInfo> claims) {
        WireOut out = new WireOut(EXPECTED);
        for (ClaimInfo claim : claims.reversed()) {
            int mark = out.mark();
            out.text(3, claim.name());
            out.text(2, claim.uid());
            out.text(1, claim.namespace());
            out.message(1, mark);
        }
        return out.bytes();
    }

    /// `NodePrepareResourcesResponse`, by the claims' uids.
    static Map<String, Answer> prepared(byte[] message) {
        return answers(message, 2);
    }

    /// `NodeUnprepareResourcesResponse`, by the claims' uids.
    static Map<String, Answer> unprepared(byte[] message) {
        return answers(message, 1);
    }

    /// `NodeWatchResourcesResponse`: devices with their health.
    static List<HealthWatches.Device> health(byte[] message) {
        List<HealthWatches.Device> all = new ArrayList<>();
        WireIn in = new WireIn(message);
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                all.add(deviceHealth(in.message()));
            } else {
                in.skip();
            }
        }
        return all;
    }

    private static HealthWatches.Device deviceHealth(WireIn in) {
        List<String> id = List.of("", "");
        long health = 0;
        long seconds = 0;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> id = deviceId(in.message());
                case 2 -> health = in.number();
                case 4 -> seconds = in.number();
                default -> in.skip();
            }
        }
        String told = health == 1 ? "Healthy" : health == 2 ? "Unhealthy" : HealthWatches.UNKNOWN;
        return new HealthWatches.Device(id.getFirst(), id.getLast(), told,
                Duration.ofSeconds(Math.clamp(seconds, 0, LONGEST_TIMEOUT)));
    }

    /// Pool and name.
    private static List<String> deviceId(WireIn in) {
        String pool = "";
        String name = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> pool = in.text();
                case 2 -> name = in.text();
                default -> in.skip();
            }
        }
        return List.of(pool, name);
    }

    private static Map<String, Answer> answers(byte[] message, int error) {
        Map<String, Answer> all = new LinkedHashMap<>();
        WireIn in = new WireIn(message);
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field != 1) {
                in.skip();
                continue;
            }
            WireIn entry = in.message();
            String uid = "";
            Answer answer = new Answer(List.of(), "");
            for (int part = entry.next(); part != 0; part = entry.next()) {
                switch (part) {
                    case 1 -> uid = entry.text();
                    case 2 -> answer = answer(entry.message(), error);
                    default -> entry.skip();
                }
            }
            all.put(uid, answer);
        }
        return all;
    }

    private static Answer answer(WireIn in, int errorField) {
        List<ClaimInfo.Device> devices = new ArrayList<>();
        String error = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == errorField) {
                error = in.text();
            } else if (field == 1) {
                devices.add(device(in.message()));
            } else {
                in.skip();
            }
        }
        return new Answer(devices, error);
    }

    private static ClaimInfo.Device device(WireIn in) {
        List<String> requests = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        String pool = "";
        String device = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> requests.add(in.text());
                case 2 -> pool = in.text();
                case 3 -> device = in.text();
                case 4 -> ids.add(in.text());
                default -> in.skip();
            }
        }
        return new ClaimInfo.Device(pool, device, requests, ids);
    }
}

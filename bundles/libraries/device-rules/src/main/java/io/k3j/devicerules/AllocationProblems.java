package io.k3j.devicerules;

import io.k3j.corevalidation.AddressProblems;
import io.k3j.corevalidation.CsiProblems;
import io.k3j.corevalidation.NodeAffinityProblems;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.ConditionRules;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// What can be wrong with a claim's status, as upstream's `ValidateResourceClaimStatusUpdate`. Pure.
final class AllocationProblems {
    /// Upstream's `ResourceClaimReservedForMaxSize`.
    private static final int MOST_CONSUMERS = 256;
    /// Upstream's `AllocationResultsMaxSize`.
    private static final int MOST_RESULTS = 32;
    private static final int MOST_CONDITIONS = 8;
    private static final int MOST_ADDRESSES = 16;
    private static final int LONGEST_INTERFACE = 256;
    private static final int LONGEST_HARDWARE_ADDRESS = 128;
    /// Upstream's `AllocatedDeviceStatusDataMaxLength`, in bytes.
    private static final int LONGEST_DATA = 10 * 1024;
    private static final String RESERVED = "reservedFor";
    private static final String ALLOCATION = "allocation";
    private static final String DEVICES = "devices";
    private static final String SHARE = "shareID";

    private AllocationProblems() {
    }

    /// By which devices of different claims are told apart.
    static String device(Struct of) {
        return of.text("driver") + "/" + of.text("pool") + "/" + of.text("device");
    }

    private static String share(Struct of) {
        return of.text(SHARE).isEmpty() ? device(of) : device(of) + "/" + of.text(SHARE);
    }

    /// @param p the status
    static void check(Struct before, Struct now, Problems p) {
        Struct old = before.struct("status");
        Struct status = now.struct("status");
        DeviceLists.each(status, RESERVED, MOST_CONSUMERS, p, (consumer, at) -> {
            for (String field : List.of("resource", "name", "uid")) {
                at.present(consumer, field);
            }
        });
        DeviceLists.unique(status, RESERVED, MOST_CONSUMERS, p, c -> c.text("uid"));
        devices(status, p);
        reserved(before, old, now, p);
        if (old.has(ALLOCATION) && status.has(ALLOCATION)) {
            p.immutable(old, status, ALLOCATION);
        } else if (status.has(ALLOCATION)) {
            allocation(status.struct(ALLOCATION), p.at(ALLOCATION),
                    DeviceClaimProblems.names(now.struct("spec").struct(DEVICES)));
        }
    }

    /// Nobody has what is not allocated, and nobody new gets what is being deleted.
    private static void reserved(Struct before, Struct old, Struct now, Problems p) {
        Seq consumers = now.struct("status").seq(RESERVED);
        if (consumers.isEmpty()) {
            return;
        }
        if (!now.struct("status").has(ALLOCATION)) {
            p.at(RESERVED).forbidden("may not be specified when `allocated` is not set");
        } else if (!before.struct("metadata").text("deletionTimestamp").isEmpty()
                && consumers.stream().anyMatch(c -> !old.seq(RESERVED).contains(c))) {
            p.at(RESERVED).forbidden(
                    "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set");
        }
    }

    private static void devices(Struct status, Problems p) {
        Set<String> allocated = new HashSet<>();
        status.struct(ALLOCATION).struct(DEVICES).seq("results").structs().forEach(r -> allocated.add(share(r)));
        DeviceLists.each(status, DEVICES, Integer.MAX_VALUE, p, (device, at) -> {
            named(device, at);
            if (!allocated.contains(share(device))) {
                at.invalid(share(device), "must be an allocated device in the claim");
            }
            int conditions = device.seq("conditions").size();
            if (conditions > MOST_CONDITIONS) {
                at.at("conditions").tooMany(conditions, MOST_CONDITIONS);
            }
            ConditionRules.check(device, at);
            if (device.has("data")) {
                DeviceClaimProblems.json(device, "data", at, LONGEST_DATA);
            }
            network(device.struct("networkData"), at.at("networkData"));
        });
        DeviceLists.unique(status, DEVICES, Integer.MAX_VALUE, p, AllocationProblems::share);
    }

    private static void network(Struct data, Problems p) {
        if (data.text("interfaceName").length() > LONGEST_INTERFACE) {
            p.at("interfaceName").tooLong(LONGEST_INTERFACE);
        }
        if (data.text("hardwareAddress").length() > LONGEST_HARDWARE_ADDRESS) {
            p.at("hardwareAddress").tooLong(LONGEST_HARDWARE_ADDRESS);
        }
        DeviceLists.texts(data, "ips", MOST_ADDRESSES, p, (address, at) -> at.invalid(address,
                AddressProblems.interfaceAddress(address)));
        DeviceLists.unique(data, "ips", MOST_ADDRESSES, p);
    }

    private static void named(Struct device, Problems p) {
        CsiProblems.driverName(device.text("driver"), p.at("driver"));
        DeviceNames.pool(device.text("pool"), p.at("pool"));
        DeviceNames.label(device.text("device"), p.at("device"));
        if (device.has(SHARE)) {
            uid(device.text(SHARE), p.at(SHARE));
        }
    }

    private static void uid(String uid, Problems p) {
        try {
            if (!UUID.fromString(uid).toString().equals(uid)) {
                p.invalid(uid, "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with"
                        + " lowercase hexadecimal characters");
            }
        } catch (IllegalArgumentException e) {
            p.invalid(uid, "error validating uid: invalid UUID length: " + uid.length());
        }
    }

    private static void allocation(Struct allocation, Problems p, Set<String> requests) {
        Struct devices = allocation.struct(DEVICES);
        DeviceLists.each(devices, "results", MOST_RESULTS, p.at(DEVICES), (result, at) -> {
            DeviceClaimProblems.reference(result.text("request"), at.at("request"), requests);
            named(result, at);
            DeviceProblems.bindingConditions(result, at);
            DeviceLists.each(result, "tolerations", Integer.MAX_VALUE, at, DeviceClaimProblems::toleration);
        });
        DeviceLists.each(devices, "config", 2 * DeviceClaimProblems.MOST, p.at(DEVICES), (config, at) -> {
            at.requiredOneOf(config, "source", List.of("FromClaim", "FromClass"));
            DeviceClaimProblems.references(config, at, requests);
            DeviceClaimProblems.configuration(config, at, false);
        });
        if (allocation.has("nodeSelector")) {
            NodeAffinityProblems.selector(allocation.struct("nodeSelector"), p.at("nodeSelector"));
        }
    }
}

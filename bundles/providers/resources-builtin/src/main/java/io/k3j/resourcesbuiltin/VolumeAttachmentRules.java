package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.CsiProblems;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.Map;

/// Rules of VolumeAttachments, as upstream's `ValidateVolumeAttachment`. Names that no driver and no volume can have
/// are refused on creation only.
final class VolumeAttachmentRules implements KindRules {
    private static final String SPEC = "spec";
    private static final String ATTACHER = "attacher";
    private static final String NAMED = "persistentVolumeName";
    private static final String INLINE = "inlineVolumeSpec";
    private static final String ONE = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
    /// Of all keys and values of `attachmentMetadata` together, in characters.
    private static final int LARGEST_METADATA = 256 * 1024;
    private static final int LONGEST_MESSAGE = 1024;

    @Override
    public void check(Write write, Struct o, Problems p) {
        if (write.of("status")) {
            status(o.struct("status"), p.at("status"));
            return;
        }
        spec(o.struct(SPEC), write.operation() == Operation.CREATE, p.at(SPEC));
        Struct before = write.before().orElse(Struct.EMPTY);
        if (write.operation() == Operation.UPDATE && !before.struct(SPEC).equals(o.struct(SPEC))) {
            p.at(SPEC).invalid(o.struct(SPEC), "field is immutable");
        }
    }

    private static void spec(Struct spec, boolean created, Problems p) {
        if (created) {
            CsiProblems.driverName(spec.text(ATTACHER), p.at(ATTACHER));
        } else {
            p.present(spec, ATTACHER);
        }
        source(spec.struct("source"), created, p.at("source"));
        p.at("nodeName").invalid(spec.text("nodeName"), Names.subdomain(spec.text("nodeName")));
    }

    private static void source(Struct source, boolean created, Problems p) {
        boolean named = source.has(NAMED);
        boolean inline = source.has(INLINE);
        if (named && inline) {
            p.forbidden(ONE);
        } else if (named) {
            String name = source.text(NAMED);
            if (name.isEmpty()) {
                p.at(NAMED).required("must specify non empty persistentVolumeName");
            } else if (created) {
                p.at(NAMED).invalid(name, Names.subdomain(name));
            }
        } else if (!inline) {
            p.required(ONE);
        } else {
            InlineVolumeProblems.check(source.struct(INLINE), p.at(INLINE));
            VolumeSources.check(source.struct(INLINE), "", p.at(INLINE));
        }
    }

    private static void status(Struct status, Problems p) {
        Map<String, String> metadata = status.struct("attachmentMetadata").texts();
        long size = metadata.entrySet().stream().mapToLong(e -> e.getKey().length() + (long) e.getValue().length())
                .sum();
        if (size > LARGEST_METADATA) {
            p.at("attachmentMetadata").tooLong(LARGEST_METADATA);
        }
        error(status.struct("attachError"), p.at("attachError"));
        error(status.struct("detachError"), p.at("detachError"));
    }

    /// The bound that is told is upstream's, which is not the one that counts.
    private static void error(Struct error, Problems p) {
        if (error.text("message").length() > LONGEST_MESSAGE) {
            p.at("message").tooLong(LARGEST_METADATA);
        }
        if (error.whole("errorCode", 0) < 0) {
            p.at("errorCode").invalid(error.whole("errorCode", 0), "must be between 0 and 2147483647, inclusive");
        }
    }
}

package io.k3j.workloadrules;

import io.k3j.apiserverapi.Write;
import io.k3j.corevalidation.PodProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;

/// Rules of PodTemplates.
final class PodTemplateRules implements KindRules {
    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        return Fill.inside(o, "template", PodDefaults::template);
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        if (TemplateRules.written(write, o, "template")) {
            PodProblems.template(o.struct("template"), p.at("template"));
        }
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        return TemplateRules.warnings(write, o, false, "template");
    }
}

/// CEL in dynamic admission: match conditions of webhooks, and all expressions of admission policies. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-expression>.
///
/// ```
///   ExpressionCompiler ─► CompiledExpression   once for each change of the object they stand in, and engine
///   AdmissionInput      ─► evaluate            for each request; variables once for the expressions evaluated together
/// ```
@Export
@Version("2.0.0")
@NullMarked
package io.k3j.admissioncel;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

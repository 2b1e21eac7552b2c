//! The built-in kinds, one line each.
//!
//! `plural Kind scope short,names categories subresources`; scope is `N` or `C`, `-` stands for none, and a
//! singular is the kind in lower case. What the kinds contain is `schema`'s business.

/// Lines of the table, grouped by `= group/version` headings.
pub const BUILTIN: &str = "\
= v1
namespaces Namespace C ns - status,finalize
pods Pod N po all status,log
services Service N svc all status
configmaps ConfigMap N cm - -
secrets Secret N - - -
serviceaccounts ServiceAccount N sa - -
persistentvolumeclaims PersistentVolumeClaim N pvc - status
persistentvolumes PersistentVolume C pv - status
events Event N ev - -
nodes Node C no - status
endpoints Endpoints N ep - -
limitranges LimitRange N limits - -
resourcequotas ResourceQuota N quota - status
replicationcontrollers ReplicationController N rc all status,scale
podtemplates PodTemplate N - - -
= apiregistration.k8s.io/v1
apiservices APIService C - api-extensions status
= apps/v1
deployments Deployment N deploy all status,scale
replicasets ReplicaSet N rs all status,scale
statefulsets StatefulSet N sts all status,scale
daemonsets DaemonSet N ds all status
controllerrevisions ControllerRevision N - - -
= events.k8s.io/v1
events Event N ev - -
= authentication.k8s.io/v1
selfsubjectreviews SelfSubjectReview C - - create
= authorization.k8s.io/v1
selfsubjectaccessreviews SelfSubjectAccessReview C - - create
selfsubjectrulesreviews SelfSubjectRulesReview C - - create
subjectaccessreviews SubjectAccessReview C - - create
= autoscaling/v2
horizontalpodautoscalers HorizontalPodAutoscaler N hpa all status
= batch/v1
jobs Job N - all status
cronjobs CronJob N cj all status
= certificates.k8s.io/v1
certificatesigningrequests CertificateSigningRequest C csr - status
= networking.k8s.io/v1
ingresses Ingress N ing - status
ingressclasses IngressClass C - - -
networkpolicies NetworkPolicy N netpol - -
= policy/v1
poddisruptionbudgets PodDisruptionBudget N pdb - status
= rbac.authorization.k8s.io/v1
roles Role N - - -
rolebindings RoleBinding N - - -
clusterroles ClusterRole C - - -
clusterrolebindings ClusterRoleBinding C - - -
= storage.k8s.io/v1
storageclasses StorageClass C sc - -
volumeattachments VolumeAttachment C - - status
csidrivers CSIDriver C - - -
csinodes CSINode C - - -
= admissionregistration.k8s.io/v1
mutatingwebhookconfigurations MutatingWebhookConfiguration C - api-extensions -
validatingwebhookconfigurations ValidatingWebhookConfiguration C - api-extensions -
validatingadmissionpolicies ValidatingAdmissionPolicy C - api-extensions status
validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding C - api-extensions -
= apiextensions.k8s.io/v1
customresourcedefinitions CustomResourceDefinition C crd,crds api-extensions status
= scheduling.k8s.io/v1
priorityclasses PriorityClass C pc - -
= coordination.k8s.io/v1
leases Lease N - - -
= node.k8s.io/v1
runtimeclasses RuntimeClass C - - -
= discovery.k8s.io/v1
endpointslices EndpointSlice N - - -
= flowcontrol.apiserver.k8s.io/v1
flowschemas FlowSchema C - - status
prioritylevelconfigurations PriorityLevelConfiguration C - - status
";

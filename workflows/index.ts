export { accountClosure } from './account-closure';
export { forgetClosure } from './forget-closure';
export { planClosure } from './plan-closure';
